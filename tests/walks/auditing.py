"""What gateways keep: who did what, each act once and in order; the one secret that they all sign with; who left."""

from hypothesis import strategies as st

from engine.clients.audit import Act, sealed, written
from engine.clients.logouts import is_logged_out, logout
from tests.walks.world import World, verb


class Auditing(World):
    """The audit log and the seal."""

    def __init__(self):
        super().__init__()
        self.acts = []
        self.secret = None
        self.left = set()

    @verb(who=st.sampled_from(["ana", "ben"]))
    def write_down_an_act(self, who):
        self.acts.insert(0, f"{who} {len(self.acts)}")
        self.client.run(written(Act(who=self.acts[0], via="token", act="POST /work", on={}, outcome=200)))
        assert [act.who for act in self.client.audit.list(limit=5).acts] == self.acts[:5]

    @verb(fresh=st.binary(min_size=32, max_size=32))
    def ask_for_the_secret(self, fresh):
        """Whoever asks first brings it."""
        found = self.client.run(sealed(fresh))
        self.secret = self.secret or fresh
        assert found == self.secret

    @verb(session=st.sampled_from(["s1", "s2", "s3"]))
    def log_out(self, session):
        """Whoever has left stays out, and nobody else does."""
        self.left.add(session)
        self.client.run(logout(session, 2_000_000_000))
        base = "herdsman:{default}"
        found = {one for one in ("s1", "s2", "s3") if self.client.ask(is_logged_out(base, one))}
        assert found == self.left
