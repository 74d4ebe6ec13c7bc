package main

import (
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3election/v3electionpb"
)

func leaderRequest(name string) *v3electionpb.LeaderRequest {
	return &v3electionpb.LeaderRequest{Name: b(name)}
}

func campaignRequest(name, value string, lease int64) *v3electionpb.CampaignRequest {
	return &v3electionpb.CampaignRequest{Name: b(name), Value: b(value), Lease: lease}
}

// observe is one Observe call.
func (t *T) observe(name string) *stream[v3electionpb.LeaderResponse] {
	ctx, cancel := t.withCancel()
	call, err := t.election.Observe(ctx, leaderRequest(name))
	if err != nil {
		t.say("Observe: %s", t.failure(err))
		return collect(t, "observe", func() (*v3electionpb.LeaderResponse, error) { return nil, err }, cancel)
	}
	return collect(t, "observe", call.Recv, cancel)
}

func electionCases() []testCase {
	return []testCase{
		{name: "election/campaign-alone", run: func(t *T) {
			one, _ := t.twoLeases()
			send(t, t.election.Campaign, campaignRequest("e", "one", one))
			send(t, t.election.Leader, leaderRequest("e"))
			t.all()
		}},
		{name: "election/no-leader", run: func(t *T) {
			send(t, t.election.Leader, leaderRequest("e"))
			send(t, t.election.Leader, leaderRequest(""))
		}},
		{name: "election/campaign-again-proclaims", run: func(t *T) {
			one, _ := t.twoLeases()
			send(t, t.election.Campaign, campaignRequest("e", "one", one))
			send(t, t.election.Campaign, campaignRequest("e", "one", one))
			send(t, t.election.Campaign, campaignRequest("e", "other", one))
			t.all()
		}},
		{name: "election/second-waits", run: func(t *T) {
			one, two := t.twoLeases()
			first := send(t, t.election.Campaign, campaignRequest("e", "one", one))
			waiting := background(t, "second", t.election.Campaign, campaignRequest("e", "two", two))
			waiting.silence(shortTime)
			send(t, t.election.Leader, leaderRequest("e"))
			send(t, t.election.Resign, &v3electionpb.ResignRequest{Leader: first.Leader})
			waiting.next()
			send(t, t.election.Leader, leaderRequest("e"))
			t.all()
		}},
		{name: "election/lease-ends", run: func(t *T) {
			one, two := t.twoLeases()
			send(t, t.election.Campaign, campaignRequest("e", "one", one))
			waiting := background(t, "second", t.election.Campaign, campaignRequest("e", "two", two))
			t.waitForKeys("e/", 2)
			t.revoke(one)
			waiting.next()
		}},
		{name: "election/candidate-gives-up", run: func(t *T) {
			one, two := t.twoLeases()
			send(t, t.election.Campaign, campaignRequest("e", "one", one))
			waiting := background(t, "second", t.election.Campaign, campaignRequest("e", "two", two))
			t.waitForKeys("e/", 2)
			waiting.cancel()
			t.waitForKeys("e/", 1)
			t.all()
		}},
		{name: "election/proclaim", run: func(t *T) {
			one, _ := t.twoLeases()
			won := send(t, t.election.Campaign, campaignRequest("e", "one", one))
			send(t, t.election.Proclaim, &v3electionpb.ProclaimRequest{Leader: won.Leader, Value: b("new")})
			send(t, t.election.Leader, leaderRequest("e"))
			send(t, t.election.Resign, &v3electionpb.ResignRequest{Leader: won.Leader})
			send(t, t.election.Proclaim, &v3electionpb.ProclaimRequest{Leader: won.Leader, Value: b("late")})
			send(t, t.election.Resign, &v3electionpb.ResignRequest{Leader: won.Leader})
			t.all()
		}},
		{name: "election/without-leader-key", run: func(t *T) {
			send(t, t.election.Proclaim, &v3electionpb.ProclaimRequest{Value: b("x")})
			send(t, t.election.Resign, &v3electionpb.ResignRequest{})
			send(t, t.election.Resign, &v3electionpb.ResignRequest{Leader: &v3electionpb.LeaderKey{}})
			send(t, t.election.Proclaim, &v3electionpb.ProclaimRequest{Leader: &v3electionpb.LeaderKey{}})
			send(t, t.election.Proclaim, &v3electionpb.ProclaimRequest{Leader: &v3electionpb.LeaderKey{Name: b("e"), Key: b("e/1"), Rev: 3, Lease: 1}})
		}},
		{name: "election/unknown-lease", run: func(t *T) { send(t, t.election.Campaign, campaignRequest("e", "x", 4711)) }},
		{name: "election/observe", run: func(t *T) {
			one, two := t.twoLeases()
			watcher := t.observe("e")
			watcher.silence(shortTime)
			won := send(t, t.election.Campaign, campaignRequest("e", "one", one))
			watcher.next()
			send(t, t.election.Proclaim, &v3electionpb.ProclaimRequest{Leader: won.Leader, Value: b("new")})
			watcher.next()
			waiting := background(t, "second", t.election.Campaign, campaignRequest("e", "two", two))
			t.waitForKeys("e/", 2)
			send(t, t.election.Resign, &v3electionpb.ResignRequest{Leader: won.Leader})
			waiting.next()
			watcher.next()
			watcher.cancel()
		}},
		{name: "election/observe-starts-with-the-leader", run: func(t *T) {
			one, _ := t.twoLeases()
			send(t, t.election.Campaign, campaignRequest("e", "one", one))
			watcher := t.observe("e")
			watcher.next()
			watcher.silence(shortTime)
			watcher.cancel()
			watcher.next()
		}},
	}
}
