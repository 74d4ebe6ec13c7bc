package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

func (t *T) post(path, body string, headers ...string) string {
	return t.http(http.MethodPost, path, body, headers...)
}

func b64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func gatewayCases() []testCase {
	return []testCase{
		{name: "gateway/put-and-range", run: func(t *T) {
			t.post("/v3/kv/put", `{"key":"Zm9v","value":"YmFy"}`)
			t.post("/v3/kv/range", `{"key":"Zm9v"}`)
			t.post("/v3/kv/put", `{"key":"Zm9v","value":"YmFy","prev_kv":true}`)
			t.post("/v3/kv/put", `{"key":"Zm9v","value":"YmFy","prevKv":true}`)
			t.post("/v3/kv/range", `{"key":"AA==","range_end":"AA==","limit":"1","sort_order":"DESCEND","sort_target":"MOD"}`)
			t.post("/v3/kv/range", `{"key":"AA==","range_end":"AA==","limit":1,"sort_order":2,"count_only":true}`)
			t.post("/v3/kv/range", `{"key":"bm90aGluZw=="}`)
		}},
		{name: "gateway/delete-txn-compact", run: func(t *T) {
			t.fill("a", "1", "b", "2", "a", "3")
			t.post("/v3/kv/deleterange", fmt.Sprintf(`{"key":%q,"prev_kv":true}`, b64("b")))
			t.post("/v3/kv/txn", fmt.Sprintf(`{"compare":[{"key":%q,"target":"VERSION","version":"2"}],"success":[{"request_put":{"key":%q,"value":%q}},{"requestRange":{"key":%q}}],"failure":[]}`, b64("a"), b64("a"), b64("4"), b64("a")))
			t.post("/v3/kv/txn", fmt.Sprintf(`{"compare":[{"key":%q,"result":"LESS","target":"CREATE","create_revision":"0"}],"failure":[{"request_delete_range":{"key":%q}},{"request_txn":{"success":[{"request_range":{"key":%q}}]}}]}`, b64("a"), b64("zz"), b64("a")))
			t.post("/v3/kv/compaction", fmt.Sprintf(`{"revision":"%d"}`, t.at(2)))
			t.post("/v3/kv/compaction", fmt.Sprintf(`{"revision":%d,"physical":true}`, t.at(2)))
		}},
		{name: "gateway/errors", run: func(t *T) {
			t.post("/v3/kv/put", `{"value":"YmFy"}`)
			t.post("/v3/kv/put", `{"key":"Zm9v","lease":"4711"}`)
			t.post("/v3/kv/range", fmt.Sprintf(`{"key":"Zm9v","revision":"%d"}`, t.at(99)))
			t.post("/v3/lease/grant", `{"TTL":"9000000001"}`)
			t.post("/v3/lease/revoke", `{"ID":"4711"}`)
			t.post("/v3/auth/authenticate", `{"name":"root","password":"x"}`)
		}},
		{name: "gateway/malformed", run: func(t *T) {
			for _, body := range []string{"", "{}", "{", "[]", `"x"`, `{"key":1}`, `{"key":"%%%"}`, `{"unknown":1,"key":"Zm9v"}`, `{"key":"Zm9v"} trailing`, `{"key":null}`, `{"key":"Zm9v","limit":"x"}`, `{"key":"Zm9v","sort_order":"NOTHING"}`} {
				t.postLoosely("/v3/kv/range", body)
			}
			t.http(http.MethodGet, "/v3/kv/range", "")
			t.http(http.MethodPut, "/v3/kv/range", "{}")
			t.http(http.MethodDelete, "/v3/kv/put", "")
		}},
		{name: "gateway/other-versions", run: func(t *T) {
			t.fill("foo", "1")
			t.post("/v3beta/kv/range", `{"key":"Zm9v"}`)
			t.post("/v3alpha/kv/range", `{"key":"Zm9v"}`)
			t.post("/v3/kv/range/", `{"key":"Zm9v"}`)
		}},
		{name: "gateway/base64-forms", run: func(t *T) {
			t.fill("\xff\xfe\xfd", "bytes", "abcd", "4")
			for _, key := range []string{"//79", "__79", "YWJjZA==", "YWJjZA"} {
				t.post("/v3/kv/range", fmt.Sprintf(`{"key":%q}`, key))
			}
		}},
		{name: "gateway/lease", run: func(t *T) {
			t.post("/v3/lease/grant", `{"TTL":"600","ID":"77"}`)
			t.post("/v3/lease/keepalive", `{"ID":"77"}`)
			t.post("/v3/lease/keepalive", `{"ID":"78"}`)
			for _, prefix := range []string{"/v3/lease/", "/v3/kv/lease/"} {
				t.post(prefix+"timetolive", `{"ID":"78","keys":true}`)
				t.post(prefix+"leases", `{}`)
			}
			t.post("/v3/kv/lease/revoke", `{"ID":"77"}`)
			t.post("/v3/lease/revoke", `{"ID":77}`)
		}},
		{name: "gateway/maintenance", run: func(t *T) {
			t.post("/v3/maintenance/status", `{}`)
			t.post("/v3/maintenance/alarm", `{"action":"GET"}`)
			t.post("/v3/maintenance/alarm", `{"action":"ACTIVATE","memberID":"5","alarm":"NOSPACE"}`)
			t.post("/v3/maintenance/alarm", `{"action":"DEACTIVATE","memberID":"5","alarm":"NOSPACE"}`)
			t.post("/v3/maintenance/hash", `{}`)
			t.post("/v3/maintenance/hashkv", `{}`)
			t.post("/v3/maintenance/defragment", `{}`)
			t.post("/v3/maintenance/downgrade", `{"action":"VALIDATE","version":"3.5"}`)
			t.post("/v3/maintenance/transfer-leadership", `{"targetID":"5"}`)
		}},
		{name: "gateway/snapshot", run: func(t *T) {
			t.bigValues(1, 100_000)
			t.snapshotOverHTTP()
		}},
		{name: "gateway/cluster", run: func(t *T) {
			t.post("/v3/cluster/member/list", `{}`)
			t.post("/v3/cluster/member/list", `{"linearizable":true}`)
			t.post("/v3/cluster/member/add", `{"peerURLs":["bad"]}`)
			t.post("/v3/cluster/member/remove", `{"ID":"5"}`)
			t.post("/v3/cluster/member/update", `{"ID":"5","peerURLs":["http://127.0.0.1:9"]}`)
			t.post("/v3/cluster/member/promote", `{"ID":"5"}`)
		}},
		{name: "gateway/auth", run: func(t *T) {
			t.post("/v3/auth/status", `{}`)
			t.post("/v3/auth/user/add", fmt.Sprintf(`{"name":"root","password":%q}`, rootPassword))
			t.post("/v3/auth/role/add", `{"name":"root"}`)
			t.post("/v3/auth/role/add", `{"name":"r"}`)
			t.post("/v3/auth/role/grant", `{"name":"r","perm":{"permType":"READWRITE","key":"YQ==","range_end":"Yg=="}}`)
			t.post("/v3/auth/role/get", `{"role":"r"}`)
			t.post("/v3/auth/user/grant", `{"user":"root","role":"root"}`)
			t.post("/v3/auth/user/get", `{"name":"root"}`)
			t.post("/v3/auth/user/list", `{}`)
			t.post("/v3/auth/role/list", `{}`)
			t.post("/v3/auth/enable", `{}`)
			t.post("/v3/kv/range", `{"key":"YQ=="}`)
			t.post("/v3/kv/range", `{"key":"YQ=="}`, "Authorization", "nonsense")
			token := t.tokenOverHTTP()
			t.say("a token came: %t", token != "")
			t.authorised(token)
			t.post("/v3/auth/role/revoke", `{"role":"r","key":"YQ==","range_end":"Yg=="}`)
		}},
		{name: "gateway/lock-and-election", run: func(t *T) {
			t.post("/v3/lease/grant", `{"TTL":"600","ID":"26"}`)
			t.post("/v3/lock/lock", fmt.Sprintf(`{"name":%q,"lease":"26"}`, b64("l")))
			t.post("/v3/lock/unlock", fmt.Sprintf(`{"key":%q}`, b64("l/1a")))
			t.post("/v3/election/leader", fmt.Sprintf(`{"name":%q}`, b64("e")))
			t.post("/v3/election/campaign", fmt.Sprintf(`{"name":%q,"value":%q,"lease":"26"}`, b64("e"), b64("v")))
			t.post("/v3/election/leader", fmt.Sprintf(`{"name":%q}`, b64("e")))
			t.post("/v3/election/proclaim", `{"value":"eA=="}`)
			t.post("/v3/election/resign", `{}`)
		}},
		{name: "gateway/watch", run: func(t *T) {
			t.fill("a", "1")
			t.watchOverHTTP(fmt.Sprintf(`{"create_request":{"key":"YQ==","start_revision":"%d","prev_kv":true}}`, t.at(1)), 2, func() { t.put("a", "2") })
			t.watchOverHTTP(`{"create_request":{"key":"YQ==","filters":["NOPUT"]}}`, 1, func() {})
			t.watchOverHTTP(`{"create_request":{"key":"Yg==","range_end":"YQ=="}}`, 1, func() {})
		}},
	}
}

// postLoosely compares the status only: the wording about malformed JSON is the JSON library's.
func (t *T) postLoosely(path, body string) {
	t.say("> POST %s %s", path, body)
	answer, err := httpClient.Post("http://"+t.srv.endpoint+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.say("< no answer: %T", err)
		return
	}
	defer answer.Body.Close()
	var parsed struct {
		Code int `json:"code"`
	}
	json.NewDecoder(answer.Body).Decode(&parsed)
	t.say("< %d, code %d", answer.StatusCode, parsed.Code)
}

// tokenOverHTTP logs root in.
func (t *T) tokenOverHTTP() string {
	var parsed struct {
		Token string `json:"token"`
	}
	body := fmt.Sprintf(`{"name":"root","password":%q}`, rootPassword)
	json.Unmarshal([]byte(t.post("/v3/auth/authenticate", body)), &parsed)
	return parsed.Token
}

// authorised makes calls with the token, which itself stays out of the transcript.
func (t *T) authorised(token string) {
	for _, header := range []string{token, "Bearer " + token} {
		request, _ := http.NewRequest(http.MethodPost, "http://"+t.srv.endpoint+"/v3/kv/range", strings.NewReader(`{"key":"YQ=="}`))
		request.Header.Set("Authorization", header)
		answer, err := httpClient.Do(request)
		if err != nil {
			t.say("< no answer: %T", err)
			continue
		}
		answer.Body.Close()
		t.say("with the token: %d", answer.StatusCode)
	}
}

// openStream posts a request whose answer is a stream of JSON lines.
func (t *T) openStream(path, body string) (*http.Response, *bufio.Reader) {
	t.say("> POST %s %s", path, body)
	client := &http.Client{}
	answer, err := client.Post("http://"+t.srv.endpoint+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.say("< no answer: %T", err)
		return nil, nil
	}
	t.say("< %d %s", answer.StatusCode, answer.Header.Get("Content-Type"))
	return answer, bufio.NewReader(answer.Body)
}

// watchOverHTTP reads so many lines, takes a step, and reads the line that this makes where there is more than one. What
// was before the step has come by then: etcd sends events in one message that a watcher has not caught up with.
func (t *T) watchOverHTTP(body string, more int, step func()) {
	answer, reader := t.openStream("/v3/watch", body)
	if answer == nil {
		return
	}
	timer := time.AfterFunc(messageLimit, func() { answer.Body.Close() })
	defer timer.Stop()
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return
	}
	for range more {
		t.nextLine(reader)
	}
	step()
	if more > 1 {
		t.nextLine(reader)
	}
}

func (t *T) nextLine(reader *bufio.Reader) {
	line, err := reader.ReadBytes('\n')
	if err != nil {
		t.say("< the stream ended: %T", err)
		return
	}
	t.say("< %s", t.bodyText(line))
}

// snapshotOverHTTP checks that a snapshot over the gateway is a stream of objects with blobs in base64.
func (t *T) snapshotOverHTTP() {
	answer, reader := t.openStream("/v3/maintenance/snapshot", "{}")
	if answer == nil {
		return
	}
	defer answer.Body.Close()
	var bytes, lines int
	decoder := json.NewDecoder(reader)
	for {
		var message struct {
			Result struct {
				Blob []byte `json:"blob"`
			} `json:"result"`
		}
		if decoder.Decode(&message) != nil {
			break
		}
		bytes += len(message.Result.Blob)
		lines++
	}
	t.say("several lines: %t, whole pages and a checksum: %t", lines > 1, bytes%512 == 32)
}
