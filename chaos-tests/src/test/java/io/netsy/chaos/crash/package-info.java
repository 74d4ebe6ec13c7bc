/** Crashes of real processes under load, and the audit of what they acknowledged. */
@NullMarked
package io.netsy.chaos.crash;

import org.jspecify.annotations.NullMarked;
