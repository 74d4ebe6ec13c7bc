package main

import (
	"go.etcd.io/etcd/api/v3/authpb"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// rootPassword is the one that every case gives to root, so that the harness can end authentication afterwards.
const rootPassword = "the-root"

const (
	permitRead  = authpb.READ
	permitWrite = authpb.WRITE
	permitBoth  = authpb.READWRITE
)

type permission struct {
	key, end string
	kind     authpb.Permission_Type
}

// prepareRoot adds the user and the role without which authentication can't be enabled.
func (t *T) prepareRoot() {
	quiet(t, t.auth.UserAdd, &pb.AuthUserAddRequest{Name: "root", Password: rootPassword, Options: &authpb.UserAddOptions{}})
	quiet(t, t.auth.RoleAdd, &pb.AuthRoleAddRequest{Name: "root"})
	quiet(t, t.auth.UserGrantRole, &pb.AuthUserGrantRoleRequest{User: "root", Role: "root"})
}

// addUser adds a user with one role that has the permissions.
func (t *T) addUser(name, password, role string, permissions ...*permission) {
	quiet(t, t.auth.UserAdd, &pb.AuthUserAddRequest{Name: name, Password: password, Options: &authpb.UserAddOptions{}})
	quiet(t, t.auth.RoleAdd, &pb.AuthRoleAddRequest{Name: role})
	for _, p := range permissions {
		quiet(t, t.auth.RoleGrantPermission, grantRequest(role, p))
	}
	quiet(t, t.auth.UserGrantRole, &pb.AuthUserGrantRoleRequest{User: name, Role: role})
}

func grantRequest(role string, p *permission) *pb.AuthRoleGrantPermissionRequest {
	return &pb.AuthRoleGrantPermissionRequest{Name: role, Perm: &authpb.Permission{PermType: p.kind, Key: b(p.key), RangeEnd: b(p.end)}}
}

func (t *T) enableAuth() { quiet(t, t.auth.AuthEnable, &pb.AuthEnableRequest{}) }

// asUser runs steps with a fresh token of the user.
func (t *T) asUser(name, password string, steps func(*T)) {
	t.section("as %s", name)
	login := quiet(t, t.auth.Authenticate, &pb.AuthenticateRequest{Name: name, Password: password})
	if login == nil {
		t.say("no token for %s", name)
		return
	}
	t.with("token", login.Token).do(steps)
}

// asEveryone runs the same steps without credentials, with a made-up token, as a user with few rights, and as root.
func (t *T) asEveryone(steps func(*T)) {
	t.section("without credentials")
	steps(t)
	t.section("with a made-up token")
	t.with("token", "abcdefghijklmnop.9").do(steps)
	t.asUser("few", "f", steps)
	t.asUser("root", rootPassword, steps)
}

// withFew enables authentication with root and a user "few", who may read a/ and write b/.
func (t *T) withFew() {
	t.fill("a/1", "1", "b/1", "1", "c/1", "1")
	t.prepareRoot()
	t.addUser("few", "f", "some", &permission{"a/", "a0", permitRead}, &permission{"b/", "b0", permitWrite})
	t.enableAuth()
}
