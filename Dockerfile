# The bases, by digest: what a tag names changes. docs/deploying.md says how to look them up; a build without them fails.
ARG BUILD_BASE_DIGEST
ARG BASE_DIGEST

# Builds the bundle; nothing of it but the bundle's files goes on.
FROM fnproject/node:22-dev@${BUILD_BASE_DIGEST} AS build
USER 0:0
WORKDIR /build
COPY package.json package-lock.json .npmrc LICENSE ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
COPY deploy ./deploy
# The log names it with every call. The repository itself is not here.
ARG COMMIT
RUN test -n "$COMMIT" && npm run build

# Has Node compile the code, with the Node and as the user that will read it. A start without this is only slower.
FROM fnproject/node:22@${BASE_DIGEST} AS warm
USER 0:0
WORKDIR /function
COPY --from=build /build/dist/function/*.js /build/dist/function/*.txt /build/dist/function/package.json /function/
RUN chmod -R a=rX . && mkdir compile-cache && chown 1000:1000 compile-cache
USER 1000:1000
RUN ["node", "warm-up.js"]
USER 0:0
RUN rm warm-up.js && chown -R 0:0 compile-cache && chmod -R a=rX compile-cache

# Bundle, licences and compiled code, which the function cannot change. OCI Functions runs it as uid 1000.
FROM fnproject/node:22@${BASE_DIGEST}
WORKDIR /function
COPY --from=warm /function /function
USER 1000:1000
# NODE_DEBUG would have Node print what goes over the network, and Node reads it before the function can.
ENTRYPOINT ["env", "-u", "NODE_DEBUG", "-u", "NODE_DEBUG_NATIVE", "node", "func.js"]
