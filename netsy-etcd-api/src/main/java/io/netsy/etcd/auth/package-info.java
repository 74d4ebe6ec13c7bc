/** etcd's Auth service: users, roles, passwords, and signing in (etcd semantics, section 17). */
@NullMarked
package io.netsy.etcd.auth;

import org.jspecify.annotations.NullMarked;
