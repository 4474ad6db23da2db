# Stage 1 builds the bundle; nothing of it but the bundle reaches the function's image.
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
COPY --from=build /build/dist/function/func.js /build/dist/function/func.js.LEGAL.txt /build/dist/function/package.json /function/
# OCI Functions runs the image as uid 1000.
RUN chmod -R o+r /function
# NODE_DEBUG would have Node print what goes over the network, and Node reads it before the function can.
ENTRYPOINT ["env", "-u", "NODE_DEBUG", "-u", "NODE_DEBUG_NATIVE", "node", "func.js"]
