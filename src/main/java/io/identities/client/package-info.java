/**
 * A client that logs in once, renews by itself and hands out a valid access token. Needs the JDK alone; the gateway
 * knows nothing of it, and it knows the gateway by its public HTTP interface only.
 */
package io.identities.client;
