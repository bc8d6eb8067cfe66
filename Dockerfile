# One image a process: docker build --build-arg PROCESS=Collector -t pipeline/collector .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG PROCESS
WORKDIR /src
COPY . .
RUN dotnet publish "$PROCESS" -c Release -o /app && ln -s "Pipeline.$PROCESS.dll" /app/process.dll \
    && cp "/app/Pipeline.$PROCESS.runtimeconfig.json" /app/process.runtimeconfig.json && cp "/app/Pipeline.$PROCESS.deps.json" /app/process.deps.json

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
USER 64198:64198
ENV DOTNET_EnableDiagnostics=0
ENTRYPOINT ["dotnet", "process.dll"]
