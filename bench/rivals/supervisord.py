"""supervisord with one program of several processes."""

import shlex

from bench.rivals.contender import Contender, program


class Supervisord(Contender):
    name = "supervisord"
    needs = "supervisord"

    def start(self) -> None:
        command = shlex.join(self.command)
        (self.folder / "s.conf").write_text(
            f"[unix_http_server]\nfile={self.folder}/s.sock\n"
            f"[supervisord]\nnodaemon=true\nlogfile={self.folder}/s.log\npidfile={self.folder}/s.pid\n"
            "[rpcinterface:supervisor]\n"
            "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"
            f"[supervisorctl]\nserverurl=unix://{self.folder}/s.sock\n"
            f"[program:bench]\ncommand={command}\nnumprocs={self.count}\nprocess_name=%(process_num)d\n"
            "autorestart=true\nredirect_stderr=true\n"
            f"stdout_logfile={self.folder}/bench-%(process_num)d.log\n"
        )
        self.env.pop("PYTHONPATH")  # the name of its package is ours
        self.launch(program("supervisord"), "-c", "s.conf")

    def reload(self) -> None:
        self.run(program("supervisorctl"), "-c", "s.conf", "restart", "bench:*")
