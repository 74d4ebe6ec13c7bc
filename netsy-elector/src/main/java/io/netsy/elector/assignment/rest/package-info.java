/** Requests of JSON over HTTP as the sources of assignments make them: one small client, with a bearer token and TLS. */
@NullMarked
package io.netsy.elector.assignment.rest;

import org.jspecify.annotations.NullMarked;
