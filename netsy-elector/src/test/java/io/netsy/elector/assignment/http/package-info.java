/** Tests of the coordinator. */
@NullMarked
package io.netsy.elector.assignment.http;

import org.jspecify.annotations.NullMarked;
