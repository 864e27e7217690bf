"""PM2 in fork mode, as it must run Python."""

import json

from bench.rivals.contender import Contender, program


class Pm2(Contender):
    name = "PM2"
    needs = "pm2"

    def start(self) -> None:
        self.env["PM2_HOME"] = str(self.folder / "pm2")
        app = {
            "name": "bench",
            "script": self.command[1],
            "args": self.command[2:],
            "interpreter": self.command[0],
            "instances": self.count,
            "exec_mode": "fork",
        }
        (self.folder / "ecosystem.config.json").write_text(json.dumps({"apps": [app]}))
        self.run(program("pm2"), "start", "ecosystem.config.json")

    def reload(self) -> None:
        self.run(program("pm2"), "reload", "bench")

    def stop(self) -> None:
        self.run(program("pm2"), "kill")
