from pathlib import Path

import pytest
import yaml

from config import load
from supervisor.importing import ImportFileError
from supervisor.importing.document import written
from supervisor.importing.supervisord import read

TEXT = """
[unix_http_server]
file=/tmp/supervisor.sock

[supervisord]
logfile=/tmp/supervisord.log

[program:web]
command=/usr/bin/gunicorn -b :%(process_num)d app:main --name "%(program_name)s %%" ; the site
process_name=%(program_name)s_%(process_num)02d
numprocs=3
numprocs_start=8000
directory=/srv/web
environment=A="1",PATH="%(ENV_PATH)s:/opt/bin",JSON="${x}"
user=www
umask=022
priority=10
autostart=false
autorestart=unexpected
exitcodes=0,2
stopsignal=QUIT
stopwaitsecs=60
stopasgroup=true
killasgroup=true
startsecs=5
startretries=7
redirect_stderr=true
stdout_logfile=/var/log/web.log
stdout_logfile_maxbytes=10MB

[program:cron]
command=cron -f
autorestart=false

[eventlistener:memmon]
command=memmon
events=TICK_60

[group:site]
programs=web,cron
"""


def test_a_program_keeps_what_has_a_place_here():
    web = read(TEXT).programs[0]
    assert web.name == "web"
    assert web.keys == {
        "command": ["/usr/bin/gunicorn", "-b", ":{{8000 + instance}}", "app:main", "--name", "web %"],
        "cwd": "/srv/web",
        "env": {"A": "1", "PATH": "${PATH}:/opt/bin", "JSON": "$${x}"},
        "user": "www",
        "umask": "022",
        "instances": 3,
        "max_restarts": 7,
        "restart": "on-failure",
        "success_exits": [0, 2],
        "stop_signal": "SIGQUIT",
        "stop_timeout": "60s",
        "stop_group": True,
        "min_uptime": "5s",
        "namespace": "site",
        "enabled": False,
    }


def test_autorestart_false_is_never():
    assert read(TEXT).programs[1].keys["restart"] == "never"


def test_what_is_different_or_lost_is_told():
    found = read(TEXT)
    web, _, listener = found.programs
    assert [remark for remark in web.remarks if remark.startswith("priority")]
    assert sum(remark.startswith("stdout_") for remark in web.remarks) == 1
    assert [remark for remark in listener.remarks if "eventlistener" in remark]
    assert [remark for remark in found.remarks if "unix_http_server" in remark]


def test_the_text_is_yaml_that_says_the_same():
    found = read(TEXT)
    made = yaml.safe_load(written(found, "supervisord.conf"))
    assert made["programs"] == [{"name": one.name, **one.keys} for one in found.programs]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no section",
        "[program:a]\ncommand=x\nnumprocs=many",
        "[supervisord]\n",
        "[program:a]\ncommand=x\nexitcodes=y",
    ],
)
def test_what_is_no_such_config_is_refused(text: str):
    with pytest.raises(ImportFileError):
        read(text)


def env_of(text: str) -> object:
    return read(f"[program:a]\ncommand=x\nenvironment={text}").programs[0].keys.get("env")


@pytest.mark.parametrize(
    ("text", "env"),
    [
        ('A="1",B=2', {"A": "1", "B": "2"}),
        ('A="a,b c",B=\'x"y\',C=', {"A": "a,b c", "B": 'x"y', "C": ""}),
        ("PASSWORD=ab#cd,LATER=1", {"PASSWORD": "ab#cd", "LATER": "1"}),
        ('A = "1" , B = "2",', {"A": "1", "B": "2"}),
        ('\n    A="1",\n    B="2"', {"A": "1", "B": "2"}),
        ('URL="redis://u:p@h:1/0?a=b",PCT="100%%"', {"URL": "redis://u:p@h:1/0?a=b", "PCT": "100%"}),
        (r'A="say \"hi\" \n"', {"A": r'say "hi" \n'}),
        ("", None),
    ],
)
def test_an_environment_is_read_to_its_end(text: str, env: object):
    assert env_of(text) == env


@pytest.mark.parametrize("text", ['A="1', "A", 'A="1"x,B=2', "A='1"])
def test_an_environment_that_cannot_be_read_is_refused(text: str):
    with pytest.raises(ImportFileError, match="environment should be"):
        env_of(text)


def test_what_the_daemon_is_given_its_programs_have_too():
    found = read('[supervisord]\nnodaemon=true\nenvironment=A="1",B="2"\n[program:a]\ncommand=x\nenvironment=B="3"')
    assert found.programs[0].keys["env"] == {"A": "1", "B": "3"}
    assert [remark for remark in found.remarks if "nodaemon" in remark]


def test_a_name_that_is_none_here_is_changed_and_its_places_keep_the_old_one(tmp_path: Path):
    file = tmp_path / "supervisord.conf"
    text = (
        "[program:Mail.Out]\ncommand=%(here)s/run\ndirectory=/srv/%(program_name)s\n[group:My Site]\nprograms=Mail.Out"
    )
    program = read(text, str(file)).programs[0]
    assert program.name == "mail-out"
    assert "'Mail.Out' is no name here" in program.remarks[0]
    assert (program.keys["command"], program.keys["cwd"]) == ([f"{tmp_path}/run"], "/srv/Mail.Out")
    assert program.keys["namespace"] == "my-site"


def test_a_signal_may_be_a_number_and_no_retry_is_not_taken_for_endless_ones():
    keys = read("[program:a]\ncommand=x\nstopsignal=3\nstartretries=0").programs[0].keys
    assert (keys["stop_signal"], keys["max_restarts"]) == ("SIGQUIT", 1)


def test_what_was_imported_is_a_config_that_is_understood(tmp_path: Path):
    path = tmp_path / "config.yaml"
    path.write_text(written(read(TEXT.replace("program:web", "program:My Web")), "supervisord.conf"))
    assert [program.name for program in load(path, {"PATH": "/bin"}).programs] == ["my-web", "cron", "memmon"]
