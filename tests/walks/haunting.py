"""Ghosts and disasters: old calls that arrive late, the dead that speak, forgotten scripts, a failover."""

from hypothesis import strategies as st

from engine.store.calls import Call
from engine.store.claims import Done, arguments, parse
from engine.store.scripts import script
from tests.walks.granting import ORDER
from tests.walks.world import BASE, NUMBERS, World, verb


class Haunting(World):
    """Everything here must change nothing."""

    @verb(number=NUMBERS)
    def ghost(self, number):
        """A call that was executed long ago, or just now, arrives again."""
        found = self.pick(number, self.sky.sent)
        if found:
            name, command = found
            self.store.client.script_load(script(name).text)
            self.store.client.execute_command(*command)
            self.sky.calls["ghost of " + name] += 1

    @verb(number=NUMBERS, want=st.integers(0, 3))
    def the_dead_claim(self, number, want):
        """A killed worker's last call, that nobody had seen, arrives: it acknowledges what it held, and wants more."""
        engine = self.pick(number, [one for one in self.dead_workers if self._is_marked(one)])
        if engine is None:
            return
        done = [Done(lease) for whose, lease in self.leases if whose is engine]
        call = Call("claim", arguments(done, want, ORDER, 30), lambda reply: reply, remembered=True)
        self.store.client.script_load(script("claim").text)
        reply = self.store.client.execute_command(*engine.session.pack(call, engine.session.next_operation()))
        assert parse(reply, ORDER).jobs == []
        assert parse(reply, ORDER).lost == len(done)

    def _is_marked(self, engine):
        return self.shot.zscore(f"{BASE}:gone", f"{engine.incarnation:x}") is not None

    @verb(number=NUMBERS)
    def the_dead_settle_again(self, number):
        engine = self.pick(number, [one for one in self.dead_workers if self._is_marked(one)])
        if engine:
            said = self.keeper.settle(engine.incarnation, "signal 9", [], charged=True, max_crashes=1)
            assert said == (0, 0, 0, [])

    @verb()
    def forget_scripts(self):
        self.store.client.script_flush()
        self.keeper.figures()

    @verb(n=st.integers(0, 2))
    def fail_over(self, n):
        """Another server answers from now on: a new epoch begins, and no token of the old one is given again."""
        for engine in self.workers.values():
            engine.session.close()
        self.store.client.hset(f"{BASE}:meta", "run", "another")
        before = int(self.store.client.hget(f"{BASE}:meta", "token") or 0)
        self.worker(n).session.connect()
        assert int(self.store.client.hget(f"{BASE}:meta", "token")) >= before + 2**35
