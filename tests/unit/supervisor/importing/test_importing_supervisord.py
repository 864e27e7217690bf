import pytest
import yaml

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
