package main

import (
	"strings"

	"go.etcd.io/etcd/api/v3/authpb"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

func (t *T) userAdd(name, password string) {
	send(t, t.auth.UserAdd, &pb.AuthUserAddRequest{Name: name, Password: password, Options: &authpb.UserAddOptions{}})
}

func (t *T) authStatus() { send(t, t.auth.AuthStatus, &pb.AuthStatusRequest{}) }

func (t *T) roleGrant(role, key, end string, kind authpb.Permission_Type) {
	send(t, t.auth.RoleGrantPermission, grantRequest(role, &permission{key, end, kind}))
	send(t, t.auth.RoleGet, &pb.AuthRoleGetRequest{Role: role})
}

func (t *T) login(name, password string) {
	send(t, t.auth.Authenticate, &pb.AuthenticateRequest{Name: name, Password: password})
}

// authCases are about users, roles and tokens; what the others may do is in authEnforcementCases.
func authCases() []testCase {
	return []testCase{
		{name: "auth/off/status", run: func(t *T) { t.authStatus(); send(t, t.auth.AuthDisable, &pb.AuthDisableRequest{}); t.authStatus() }},
		{name: "auth/off/authenticate", run: func(t *T) { t.login("root", "x"); t.login("", "") }},
		{name: "auth/enable/needs-root", run: func(t *T) {
			enable := func() { send(t, t.auth.AuthEnable, &pb.AuthEnableRequest{}) }
			enable()
			t.userAdd("root", rootPassword)
			enable()
			send(t, t.auth.UserGrantRole, &pb.AuthUserGrantRoleRequest{User: "root", Role: "root"})
			enable()
			t.get("a")
			t.asUser("root", rootPassword, func(t *T) {
				enable()
				t.authStatus()
				t.get("a")
				send(t, t.auth.RoleGet, &pb.AuthRoleGetRequest{Role: "root"})
				send(t, t.auth.AuthDisable, &pb.AuthDisableRequest{})
				t.authStatus()
				t.get("a")
			})
			t.get("a")
		}},
		{name: "auth/user/add", run: func(t *T) {
			t.userAdd("u", "p")
			t.userAdd("u", "p")
			t.userAdd("", "p")
			t.userAdd("nopass", "")
			send(t, t.auth.UserAdd, &pb.AuthUserAddRequest{Name: "none", Options: &authpb.UserAddOptions{NoPassword: true}})
			send(t, t.auth.UserAdd, &pb.AuthUserAddRequest{Name: "nil", Password: "p"})
			send(t, t.auth.UserAdd, &pb.AuthUserAddRequest{Name: "hashed", HashedPassword: "JDJhJDA0JA=="})
			t.userAdd("long", strings.Repeat("p", 73))
			t.userAdd("longest", strings.Repeat("p", 72))
			send(t, t.auth.UserList, &pb.AuthUserListRequest{})
			t.authStatus()
		}},
		{name: "auth/user/get-list-delete", run: func(t *T) {
			for _, name := range []string{"zoe", "adam", "Zed"} {
				t.userAdd(name, "p")
			}
			send(t, t.auth.UserList, &pb.AuthUserListRequest{})
			send(t, t.auth.UserGet, &pb.AuthUserGetRequest{Name: "zoe"})
			send(t, t.auth.UserGet, &pb.AuthUserGetRequest{Name: "nobody"})
			send(t, t.auth.UserGet, &pb.AuthUserGetRequest{})
			send(t, t.auth.UserDelete, &pb.AuthUserDeleteRequest{Name: "zoe"})
			send(t, t.auth.UserDelete, &pb.AuthUserDeleteRequest{Name: "zoe"})
			send(t, t.auth.UserDelete, &pb.AuthUserDeleteRequest{})
			send(t, t.auth.UserList, &pb.AuthUserListRequest{})
			t.authStatus()
		}},
		{name: "auth/user/change-password", run: func(t *T) {
			t.userAdd("u", "old")
			send(t, t.auth.UserChangePassword, &pb.AuthUserChangePasswordRequest{Name: "u", Password: "new"})
			send(t, t.auth.UserChangePassword, &pb.AuthUserChangePasswordRequest{Name: "nobody", Password: "new"})
			send(t, t.auth.UserChangePassword, &pb.AuthUserChangePasswordRequest{Name: "u"})
			t.authStatus()
		}},
		{name: "auth/user/roles", run: func(t *T) {
			t.userAdd("u", "p")
			for _, role := range []string{"r2", "r1"} {
				send(t, t.auth.RoleAdd, &pb.AuthRoleAddRequest{Name: role})
			}
			for _, role := range []string{"r2", "r1", "r2", "none", "root", ""} {
				send(t, t.auth.UserGrantRole, &pb.AuthUserGrantRoleRequest{User: "u", Role: role})
			}
			send(t, t.auth.UserGrantRole, &pb.AuthUserGrantRoleRequest{User: "nobody", Role: "r1"})
			send(t, t.auth.UserGet, &pb.AuthUserGetRequest{Name: "u"})
			for _, role := range []string{"r1", "r1", "none"} {
				send(t, t.auth.UserRevokeRole, &pb.AuthUserRevokeRoleRequest{Name: "u", Role: role})
			}
			send(t, t.auth.UserRevokeRole, &pb.AuthUserRevokeRoleRequest{Name: "nobody", Role: "r1"})
			send(t, t.auth.UserGet, &pb.AuthUserGetRequest{Name: "u"})
			t.authStatus()
		}},
		{name: "auth/role/add-list-delete", run: func(t *T) {
			for _, name := range []string{"b", "a", "B", "a", "", "root"} {
				send(t, t.auth.RoleAdd, &pb.AuthRoleAddRequest{Name: name})
			}
			send(t, t.auth.RoleList, &pb.AuthRoleListRequest{})
			send(t, t.auth.RoleGet, &pb.AuthRoleGetRequest{Role: "a"})
			send(t, t.auth.RoleGet, &pb.AuthRoleGetRequest{Role: "root"})
			send(t, t.auth.RoleGet, &pb.AuthRoleGetRequest{Role: "none"})
			for _, name := range []string{"a", "a", "", "root"} {
				send(t, t.auth.RoleDelete, &pb.AuthRoleDeleteRequest{Role: name})
			}
			send(t, t.auth.RoleList, &pb.AuthRoleListRequest{})
			t.authStatus()
		}},
		{name: "auth/role/root-without-record", run: func(t *T) { send(t, t.auth.RoleGet, &pb.AuthRoleGetRequest{Role: "root"}) }},
		{name: "auth/role/delete-takes-it-from-users", run: func(t *T) {
			t.addUser("u", "p", "r", &permission{"a", "", permitRead})
			send(t, t.auth.RoleDelete, &pb.AuthRoleDeleteRequest{Role: "r"})
			send(t, t.auth.UserGet, &pb.AuthUserGetRequest{Name: "u"})
		}},
		{name: "auth/role/permissions", run: func(t *T) {
			send(t, t.auth.RoleAdd, &pb.AuthRoleAddRequest{Name: "r"})
			t.roleGrant("r", "m", "", permitRead)
			t.roleGrant("r", "a", "c", permitWrite)
			t.roleGrant("r", "a", "b", permitBoth)
			t.roleGrant("r", "a", "c", permitRead)
			t.roleGrant("r", "a", "c", permitRead)
			t.roleGrant("r", "z", "\x00", permitRead)
			t.roleGrant("r", "\x00", "\x00", permitRead)
			t.roleGrant("none", "a", "", permitRead)
			t.roleGrant("r", "", "", permitRead)
			t.roleGrant("r", "", "\x00", permitRead)
			t.roleGrant("r", "c", "a", permitRead)
			t.roleGrant("r", "c", "c", permitRead)
			t.roleGrant("r", "k", "", 9)
			send(t, t.auth.RoleGrantPermission, &pb.AuthRoleGrantPermissionRequest{Name: "r"})
			send(t, t.auth.RoleGrantPermission, &pb.AuthRoleGrantPermissionRequest{Name: "none"})
			t.authStatus()
		}},
		{name: "auth/role/revoke-permission", run: func(t *T) {
			t.addUser("u", "p", "r", &permission{"a", "c", permitRead}, &permission{"m", "", permitBoth})
			for _, bounds := range [][2]string{{"a", "b"}, {"a", ""}, {"a", "c"}, {"a", "c"}, {"m", ""}, {"", ""}} {
				send(t, t.auth.RoleRevokePermission, &pb.AuthRoleRevokePermissionRequest{Role: "r", Key: b(bounds[0]), RangeEnd: b(bounds[1])})
				send(t, t.auth.RoleGet, &pb.AuthRoleGetRequest{Role: "r"})
			}
			send(t, t.auth.RoleRevokePermission, &pb.AuthRoleRevokePermissionRequest{Role: "none", Key: b("a")})
			t.authStatus()
		}},
		{name: "auth/authenticate", run: func(t *T) {
			t.prepareRoot()
			t.addUser("u", "p", "r")
			quiet(t, t.auth.UserAdd, &pb.AuthUserAddRequest{Name: "certificate", Options: &authpb.UserAddOptions{NoPassword: true}})
			t.enableAuth()
			t.login("u", "p")
			t.login("u", "wrong")
			t.login("u", "")
			t.login("nobody", "p")
			t.login("", "")
			t.login("certificate", "")
			t.login("certificate", "x")
		}},
		{name: "auth/tokens/end-with-the-password", run: func(t *T) {
			t.prepareRoot()
			t.addUser("u", "p", "r", &permission{"a", "", permitRead})
			t.enableAuth()
			t.asUser("u", "p", func(u *T) {
				u.get("a")
				old := u.ctx
				u.ctx = t.srvContext()
				u.asUser("root", rootPassword, func(root *T) {
					send(root, root.auth.UserChangePassword, &pb.AuthUserChangePasswordRequest{Name: "u", Password: "p2"})
				})
				u.ctx = old
				u.get("a")
			})
			t.asUser("u", "p2", func(u *T) { u.get("a") })
		}},
		{name: "auth/tokens/end-with-the-user", run: func(t *T) {
			t.prepareRoot()
			t.addUser("u", "p", "r", &permission{"a", "", permitRead})
			t.enableAuth()
			t.asUser("u", "p", func(u *T) {
				old := u.ctx
				u.ctx = t.srvContext()
				u.asUser("root", rootPassword, func(root *T) {
					send(root, root.auth.UserDelete, &pb.AuthUserDeleteRequest{Name: "u"})
				})
				u.ctx = old
				u.get("a")
				send(u, u.auth.UserList, &pb.AuthUserListRequest{})
			})
		}},
		{name: "auth/tokens/forms", run: func(t *T) {
			t.withFew()
			login := quiet(t, t.auth.Authenticate, &pb.AuthenticateRequest{Name: "few", Password: "f"})
			for _, pairs := range [][]string{{"token", login.Token}, {"authorization", login.Token}, {"authorization", "Bearer " + login.Token}, {"token", "Bearer " + login.Token},
				{"token", ""}, {"token", "x"}, {"token", login.Token + "x"}, {"token", login.Token, "authorization", "nonsense"}} {
				t.with(pairs...).do(func(t *T) { t.get("a/1") })
			}
		}},
		{name: "auth/root/is-protected-while-enabled", run: func(t *T) {
			t.withFew()
			t.asUser("root", rootPassword, func(t *T) {
				send(t, t.auth.UserDelete, &pb.AuthUserDeleteRequest{Name: "root"})
				send(t, t.auth.RoleDelete, &pb.AuthRoleDeleteRequest{Role: "root"})
				send(t, t.auth.UserRevokeRole, &pb.AuthUserRevokeRoleRequest{Name: "root", Role: "root"})
			})
		}},
		{name: "auth/revision/no-kv-revision", run: func(t *T) {
			t.put("a", "1")
			t.userAdd("u", "p")
			send(t, t.auth.RoleAdd, &pb.AuthRoleAddRequest{Name: "r"})
			t.put("a", "2")
		}},
	}
}
