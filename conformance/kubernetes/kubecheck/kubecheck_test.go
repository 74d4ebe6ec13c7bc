package main

import (
	"bufio"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
)

func TestStoreFolder(t *testing.T) {
	for resource, want := range map[schema.GroupResource]string{
		{Resource: "pods"}:                                         "/registry/pods/",
		{Resource: "nodes"}:                                        "/registry/minions/",
		{Group: "apps", Resource: "deployments"}:                   "/registry/deployments/",
		{Group: "coordination.k8s.io", Resource: "leases"}:         "/registry/leases/",
		{Group: "apiregistration.k8s.io", Resource: "apiservices"}: "/registry/apiregistration.k8s.io/apiservices/",
		{Group: "conformance.example.com", Resource: "gauges"}:     "/registry/conformance.example.com/gauges/",
	} {
		if got := storeFolder(resource); got != want {
			t.Errorf("folder of %v: got %s, want %s", resource, got, want)
		}
	}
}

func TestImageDifferencesNameEachLossChangeAndStray(t *testing.T) {
	before := map[string]storedKey{"same": {Mod: 1}, "changed": {Mod: 2}, "lost": {Mod: 3}}
	after := map[string]storedKey{"same": {Mod: 1}, "changed": {Mod: 4}, "stray": {Mod: 5}}
	text := strings.Join(imageDifferences(before, after), "\n")
	for _, want := range []string{"lost is lost", "changed was", "stray was not there"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in: %s", want, text)
		}
	}
	if differences := imageDifferences(before, before); len(differences) != 0 {
		t.Errorf("an image differs from itself: %v", differences)
	}
}

func TestDescribeDifference(t *testing.T) {
	stored := revisions{"a": 1, "b": 2}
	if got := describeDifference("cache", revisions{"a": 1, "b": 2}, stored); got != "" {
		t.Errorf("equal views differ: %s", got)
	}
	got := describeDifference("cache", revisions{"b": 1, "c": 3}, stored)
	for _, want := range []string{"missing 1 (a)", "not in the store 1 (c)", "b at 1 instead of 2"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in: %s", want, got)
		}
	}
}

func TestCompareWrites(t *testing.T) {
	stored := map[string]string{"one": "uid1 5", "two": "uid2 9", "late": "uid3 11"}
	lines := "one uid1 5 100 110\ntwo uid2 9 300 350\nlate uid3 11 360 400\n"
	seen, err := compareWrites(scan(lines), stored, 200)
	if want := (writesSeen{before: 1, after: 2, longestPause: 240, firstNew: 150}); err != nil || seen != want {
		t.Errorf("got %+v, error %v", seen, err)
	}
	// One that was under way at the fault was begun before it, and what came before the fault is no pause of it.
	seen, err = compareWrites(scan(lines), stored, 320)
	if want := (writesSeen{before: 2, after: 1, longestPause: 240, firstNew: 80}); err != nil || seen != want {
		t.Errorf("with one under way: got %+v, error %v", seen, err)
	}
	seen, err = compareWrites(scan(lines), stored, 355)
	if want := (writesSeen{before: 2, after: 1, longestPause: 50, firstNew: 45}); err != nil || seen != want {
		t.Errorf("after a pause: got %+v, error %v", seen, err)
	}
	for text, want := range map[string]string{"three uid3 1 1 1\n": "LOST", "one other 5 1 1\n": "CHANGED", "one\n": "line"} {
		if _, err := compareWrites(scan(text), stored, 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want %s", text, err, want)
		}
	}
}

func TestEventLogRefusesARevisionThatDoesNotGrow(t *testing.T) {
	log := &eventLog{revision: "7"}
	event := watch.Event{Type: watch.Added, Object: &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{ResourceVersion: "8"}}}
	if err := log.add(event); err != nil {
		t.Errorf("revision 8 after 7: %v", err)
	}
	if err := log.add(event); err == nil {
		t.Error("the same event twice was accepted")
	}
}

func TestFirstDifference(t *testing.T) {
	want := expectedChanges(1)
	if got := firstDifference(want[:2], want); !strings.Contains(got, "event 2") {
		t.Errorf("a missing last event: %s", got)
	}
	if got := firstDifference(append(want[:3:3], want[0]), want); !strings.Contains(got, "4 events came, 3 were expected") {
		t.Errorf("one event too many: %s", got)
	}
}

const twoStandbys = `
netsy_elector_appointed 0
netsy_standby_state{standby="b",state="streaming",sync="quorum"} 1
netsy_standby_state{standby="c",state="streaming",sync="quorum"} 1
`

func TestLeaderOfNodesThatAreReady(t *testing.T) {
	ready := func() map[string]nodeAnswer {
		return map[string]nodeAnswer{
			"a": {member: 1, leader: 1, applied: 5000, metrics: twoStandbys},
			"b": {member: 2, leader: 1, applied: 4999, metrics: "\nnetsy_elector_appointed 1\n"},
			"c": {member: 3, leader: 1, applied: 4000, metrics: "\nnetsy_elector_appointed 0\n"},
		}
	}
	if leader, err := leaderOf(ready()); leader != "a" || err != nil {
		t.Errorf("got %q, %v", leader, err)
	}
	etcd := map[string]nodeAnswer{"a": {member: 1, leader: 2}, "b": {member: 2, leader: 2}}
	if leader, err := leaderOf(etcd); leader != "b" || err != nil {
		t.Errorf("of etcd: got %q, %v", leader, err)
	}
	for want, spoil := range map[string]func(map[string]nodeAnswer){
		"0 nodes say that they lead":         func(all map[string]nodeAnswer) { all["a"] = nodeAnswer{member: 1, leader: 0} },
		"c does not follow a":                func(all map[string]nodeAnswer) { all["c"] = nodeAnswer{member: 3, leader: 0, applied: 5000} },
		"c has applied 3999 of 5000 entries": func(all map[string]nodeAnswer) { all["c"] = nodeAnswer{member: 3, leader: 1, applied: 3999} },
		"0 nodes beside a are the elector":   func(all map[string]nodeAnswer) { all["b"] = all["c"] },
		"1 of 2 standbys of a stream and count": func(all map[string]nodeAnswer) {
			spoiled := all["a"]
			spoiled.metrics = strings.Replace(twoStandbys, "quorum", "async", 1)
			all["a"] = spoiled
		},
	} {
		all := ready()
		spoil(all)
		if leader, err := leaderOf(all); leader != "" || err == nil || err.Error() != want {
			t.Errorf("want %q, got %q, %v", want, leader, err)
		}
	}
}

func TestChurnGoesRound(t *testing.T) {
	for number, want := range []deploymentChange{
		{"scale-down", 10, `{"spec":{"replicas":10}}`},
		{"scale-up", 20, `{"spec":{"replicas":20}}`},
		{"rollout", 20, `{"spec":{"template":{"metadata":{"annotations":{"change":"2"}}}}}`},
	} {
		if got := nextChange(number, 20); got != want {
			t.Errorf("change %d is %v", number, got)
		}
	}
}

func TestRequireCarriedOut(t *testing.T) {
	done := appsv1.DeploymentStatus{ObservedGeneration: 7, Replicas: 3, UpdatedReplicas: 3, AvailableReplicas: 3}
	if err := requireCarriedOut(&done, 7, 3); err != nil {
		t.Error(err)
	}
	for _, spoil := range []func(*appsv1.DeploymentStatus){
		func(s *appsv1.DeploymentStatus) { s.ObservedGeneration = 6 },
		func(s *appsv1.DeploymentStatus) { s.Replicas = 4 },
		func(s *appsv1.DeploymentStatus) { s.UpdatedReplicas = 2 },
		func(s *appsv1.DeploymentStatus) { s.AvailableReplicas = 2 },
	} {
		status := done
		spoil(&status)
		if requireCarriedOut(&status, 7, 3) == nil {
			t.Errorf("%+v counts as carried out", status)
		}
	}
}

func TestPodsThatKwokGaveUp(t *testing.T) {
	pod := func(name, revision, node string, phase corev1.PodPhase) *corev1.Pod {
		return &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID(name), ResourceVersion: revision},
			Spec:       corev1.PodSpec{NodeName: node},
			Status:     corev1.PodStatus{Phase: phase},
		}
	}
	gone := pod("gone", "1", "node-1", corev1.PodRunning)
	gone.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)}
	start := time.Unix(100, 0)
	waits := waitingPods{}
	if found := waits.stuck([]*corev1.Pod{gone}, start); len(found) != 0 {
		t.Errorf("at first sight: %v", found)
	}
	pods := []*corev1.Pod{
		gone,
		pod("late", "1", "node-1", corev1.PodPending),
		pod("unscheduled", "1", "", corev1.PodPending),
		pod("running", "1", "node-1", corev1.PodRunning),
	}
	waits.stuck(pods, start.Add(time.Second))
	found := waits.stuck(pods, start.Add(stuckAfter))
	if len(found) != 1 || found[0] != gone {
		t.Errorf("after %s: %v", stuckAfter, found)
	}
	pods[1] = pod("late", "2", "node-1", corev1.PodPending)
	if found := waits.stuck(pods, start.Add(stuckAfter+2*time.Second)); len(found) != 0 {
		t.Errorf("one that has changed, and one that was just touched: %v", found)
	}
}

func scan(text string) *bufio.Scanner { return bufio.NewScanner(strings.NewReader(text)) }
