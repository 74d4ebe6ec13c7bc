/** What keeps a full or damaged store from taking more: alarms, and the quota that raises one. */
@NullMarked
package io.netsy.etcd.alarm;

import org.jspecify.annotations.NullMarked;
