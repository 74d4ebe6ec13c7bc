/** The tokens that stand for a user who has shown his password: simple ones, and JWT (etcd semantics, section 17). */
@NullMarked
package io.netsy.etcd.auth.token;

import org.jspecify.annotations.NullMarked;
