/** Tests of the client. */
@NullMarked
package io.netsy.elector.assignment.rest;

import org.jspecify.annotations.NullMarked;
