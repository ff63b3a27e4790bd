/** The local demo: the gateway with embedded upstreams, on loopback only. None of it is in the production jar. */
@NullMarked
package io.identities.gateway.demo;

import org.jspecify.annotations.NullMarked;
