/** Who makes a call, and whether he may: what every service asks before it answers (etcd semantics, section 17). */
@NullMarked
package io.netsy.etcd.access;

import org.jspecify.annotations.NullMarked;
