# One image a process: docker build --build-arg PROCESS=Collector -t pipeline/collector .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG PROCESS
WORKDIR /src
COPY . .
RUN dotnet publish "$PROCESS" -c Release -o /app \
    && printf '#!/bin/sh\nexec dotnet /app/Pipeline.%s.dll "$@"\n' "$PROCESS" > /app/run && chmod +x /app/run

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
USER 64198:64198
ENV DOTNET_EnableDiagnostics=0
ENTRYPOINT ["/app/run"]
