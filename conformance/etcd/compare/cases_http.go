package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

var httpClient = &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// http sends one request to the client port and writes status, type and body to the transcript.
func (t *T) http(method, path, body string, headers ...string) string {
	t.say("> %s %s %s %v", method, path, body, headers)
	request, err := http.NewRequest(method, "http://"+t.srv.endpoint+path, strings.NewReader(body))
	if err != nil {
		t.say("< %v", err)
		return ""
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := httpClient.Do(request)
	if err != nil {
		t.say("< no answer: %T", err)
		return ""
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	t.say("< %d %s %s", answer.StatusCode, answer.Header.Get("Content-Type"), t.bodyText(sortedChecks(text)))
	return string(text)
}

// sortedChecks sorts the lines of /livez and /readyz, whose order changes from call to call in etcd.
func sortedChecks(body []byte) []byte {
	if !bytes.HasPrefix(body, []byte("[+]")) && !bytes.HasPrefix(body, []byte("[-]")) {
		return body
	}
	lines := strings.SplitAfter(string(body), "\n")
	end := 0
	for end < len(lines) && strings.HasPrefix(lines[end], "[") {
		end++
	}
	sort.Strings(lines[:end])
	return []byte(strings.Join(lines, ""))
}

// bodyText gives JSON with sorted names and the same exchanges as in messages; other bodies as they are.
func (t *T) bodyText(body []byte) string {
	var parsed any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && trimmed[0] == '{' && decoder.Decode(&parsed) == nil {
		return t.jsonText("", parsed)
	}
	return strconv.Quote(t.text(string(body)))
}

var revisionNames = map[string]bool{"revision": true, "create_revision": true, "mod_revision": true, "compact_revision": true, "hash_revision": true, "rev": true}
var idNames = map[string]bool{"cluster_id": true, "member_id": true, "leader": true}
var someNames = map[string]bool{"raft_term": true, "raftTerm": true, "raftIndex": true, "raftAppliedIndex": true, "dbSize": true, "dbSizeInUse": true, "dbSizeQuota": true, "name": true, "hash": true}

func (t *T) jsonText(name string, value any) string {
	switch v := value.(type) {
	case map[string]any:
		return t.objectText(v)
	case []any:
		items := make([]string, len(v))
		for i := range v {
			items[i] = t.jsonText(name, v[i])
		}
		if name == "peerURLs" || name == "clientURLs" {
			return fmt.Sprintf("%d urls", len(items))
		}
		if name == "members" {
			sort.Strings(items)
		}
		return "[" + strings.Join(items, " ") + "]"
	case string:
		return t.scalarText(name, v, true)
	case json.Number:
		return t.scalarText(name, v.String(), false)
	default:
		return fmt.Sprint(v)
	}
}

func (t *T) objectText(object map[string]any) string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	sort.Strings(names)
	for i, name := range names {
		names[i] = name + ":" + t.jsonText(name, object[name])
	}
	return "{" + strings.Join(names, " ") + "}"
}

// scalarText keeps the difference between a number and a string, since 64-bit numbers are strings in this mapping.
func (t *T) scalarText(name, text string, quoted bool) string {
	number, err := strconv.ParseInt(text, 10, 64)
	switch {
	case revisionNames[name] && err == nil:
		text = t.distance(number)
	case idNames[name]:
		text = "id"
	case name == "authRevision" && err == nil:
		text = fmt.Sprintf("@%+d", number-t.authBase)
	case someNames[name]:
		text = "some"
	case name == "token":
		text = "token"
	case (name == "ID" || name == "memberID") && t.member != 0 && text == strconv.FormatUint(t.member, 10):
		text = "self"
	case name == "ID":
		if id, err := strconv.ParseUint(text, 10, 64); err == nil && id >= leastMemberID {
			text = "other"
		}
	}
	if quoted {
		return strconv.Quote(t.text(text))
	}
	return text
}

func httpCases() []testCase {
	get := func(t *T, paths ...string) {
		for _, path := range paths {
			t.http(http.MethodGet, path, "")
		}
	}
	return []testCase{
		{name: "http/health", run: func(t *T) {
			get(t, "/health", "/health?serializable=true", "/health?serializable=false", "/health?serializable=x", "/health?exclude=NOSPACE", "/health?exclude=nothing", "/health?exclude=")
			for _, method := range []string{http.MethodPost, http.MethodHead, http.MethodPut, http.MethodDelete} {
				t.http(method, "/health", "")
			}
			get(t, "/health/", "/health/x")
		}},
		{name: "http/livez-and-readyz", run: func(t *T) {
			get(t, "/livez", "/readyz", "/livez?verbose", "/readyz?verbose", "/livez/serializable_read", "/readyz/linearizable_read", "/readyz/data_corruption", "/readyz/serializable_read",
				"/readyz/non_learner", "/readyz/nothing", "/livez/linearizable_read", "/livez?exclude=serializable_read", "/readyz?exclude=linearizable_read&verbose", "/readyz?exclude=nothing", "/readyz?exclude=nothing&verbose",
				"/readyz?allowlist=linearizable_read&verbose", "/readyz/linearizable_read?verbose", "/readyz/")
			for _, method := range []string{http.MethodPost, http.MethodHead, http.MethodDelete} {
				t.http(method, "/livez", "")
				t.http(method, "/readyz", "")
			}
		}},
		{name: "http/version", run: func(t *T) {
			get(t, "/version", "/version/", "/version?x=y")
			t.http(http.MethodPost, "/version", "")
			t.http(http.MethodHead, "/version", "")
		}},
		{name: "http/unknown-paths", run: func(t *T) {
			get(t, "/", "/nothing", "/v2/keys", "/v2/keys/a", "/v3/nothing", "/v3", "/v3/", "/v3beta", "/v3beta/", "/v3x", "/debug/pprof/")
			for _, path := range []string{"/nothing", "/v3", "/v3/", "/v3/nothing", "/v3beta", "/v3beta/", "/v3alpha/kv/range"} {
				t.http(http.MethodPost, path, "{}")
				t.http(http.MethodHead, path, "")
			}
		}},
		{name: "http/alarm-nospace", run: func(t *T) {
			t.alarm(activate, t.member, pb.AlarmType_NOSPACE)
			get(t, "/health", "/health?serializable=true", "/health?exclude=NOSPACE", "/health?exclude=NOSPACE&exclude=CORRUPT", "/health?exclude=CORRUPT", "/readyz?verbose", "/livez?verbose")
		}},
		{name: "http/alarm-corrupt", run: func(t *T) {
			t.alarm(activate, t.member, pb.AlarmType_CORRUPT)
			get(t, "/health", "/health?exclude=CORRUPT", "/readyz", "/readyz?verbose", "/readyz/data_corruption", "/readyz/data_corruption?verbose", "/readyz?exclude=data_corruption", "/livez")
		}},
		{name: "http/health-with-auth", run: func(t *T) {
			t.withFew()
			get(t, "/health", "/readyz?verbose", "/livez", "/version")
		}},
		{name: "http/metrics", run: func(t *T) {
			t.put("a", "1")
			t.metricNames()
		}},
		{name: "http/debug-vars", run: func(t *T) {
			answer, err := httpClient.Get("http://" + t.srv.endpoint + "/debug/vars")
			if err != nil {
				t.say("no answer: %T", err)
				return
			}
			defer answer.Body.Close()
			var parsed map[string]any
			t.say("%d %s, JSON: %t", answer.StatusCode, answer.Header.Get("Content-Type"), json.NewDecoder(answer.Body).Decode(&parsed) == nil)
		}},
	}
}

var metricName = regexp.MustCompile(`(?m)^([a-z_]+)[ {]`)

// requiredMetrics are the names that dashboards and alerts use (etcd semantics, section 18).
var requiredMetrics = strings.Fields(`etcd_server_has_leader etcd_server_is_leader etcd_server_leader_changes_seen_total
	etcd_server_proposals_committed_total etcd_server_proposals_applied_total etcd_server_proposals_pending etcd_server_proposals_failed_total
	etcd_server_quota_backend_bytes etcd_server_version etcd_server_id etcd_cluster_version etcd_server_health_success etcd_server_health_failures
	etcd_server_slow_apply_total etcd_server_slow_read_indexes_total etcd_server_apply_duration_seconds_bucket
	etcd_server_range_duration_seconds_bucket etcd_server_client_requests_total etcd_mvcc_db_total_size_in_bytes
	etcd_mvcc_db_total_size_in_use_in_bytes etcd_mvcc_range_total etcd_mvcc_put_total etcd_mvcc_delete_total etcd_mvcc_txn_total
	etcd_disk_wal_fsync_duration_seconds_bucket etcd_disk_backend_commit_duration_seconds_bucket etcd_network_client_grpc_sent_bytes_total
	etcd_network_client_grpc_received_bytes_total etcd_debugging_mvcc_keys_total etcd_debugging_mvcc_watcher_total
	etcd_debugging_mvcc_slow_watcher_total etcd_debugging_mvcc_watch_stream_total etcd_debugging_mvcc_pending_events_total
	etcd_debugging_mvcc_events_total etcd_debugging_mvcc_current_revision etcd_debugging_mvcc_compact_revision
	etcd_debugging_lease_granted_total etcd_debugging_lease_revoked_total etcd_debugging_lease_renewed_total
	etcd_debugging_server_lease_expired_total etcd_debugging_auth_revision grpc_server_started_total grpc_server_handled_total
	grpc_server_msg_received_total grpc_server_msg_sent_total process_resident_memory_bytes process_cpu_seconds_total process_start_time_seconds
	process_open_fds os_fd_used os_fd_limit`)

// metricNames says which of the names that dashboards use are there.
func (t *T) metricNames() {
	answer, err := httpClient.Get("http://" + t.srv.endpoint + "/metrics")
	if err != nil {
		t.say("no answer: %T", err)
		return
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	present := map[string]bool{}
	for _, match := range metricName.FindAllSubmatch(body, -1) {
		present[string(match[1])] = true
	}
	for _, name := range requiredMetrics {
		t.say("%s: %t", name, present[name])
	}
}
