# Stage 1 builds the bundle; nothing of it but the bundle's files reaches the function's image.
FROM fnproject/node:22-dev AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
COPY deploy ./deploy
RUN npm run build

FROM fnproject/node:22
WORKDIR /function
COPY --from=build /build/dist/function/*.js /build/dist/function/*.txt /build/dist/function/package.json /function/
# OCI Functions runs the image as uid 1000.
RUN chmod -R o+r /function
# The code as Node compiles it, made by the Node and for the user that will read it. A start without it is only slower.
RUN mkdir compile-cache && chown 1000:1000 compile-cache
USER 1000:1000
RUN ["node", "warm-up.js"]
# The function cannot change it.
USER root
RUN chown -R root:root compile-cache && chmod -R a=rX compile-cache
USER 1000:1000
# NODE_DEBUG would have Node print what goes over the network, and Node reads it before the function can.
ENTRYPOINT ["env", "-u", "NODE_DEBUG", "-u", "NODE_DEBUG_NATIVE", "node", "func.js"]
