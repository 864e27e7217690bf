"""What gateways keep: who did what, each act once and in order; and the one secret that they all sign with."""

from hypothesis import strategies as st

from engine.clients.audit import Act, sealed, written
from tests.walks.world import World, verb


class Auditing(World):
    """The audit log and the seal."""

    def __init__(self):
        super().__init__()
        self.acts = []
        self.secret = None

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
