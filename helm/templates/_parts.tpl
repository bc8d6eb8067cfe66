{{/* Names and labels. */}}
{{- define "pipeline.name" -}}
{{- printf "%s-%s" .root.Release.Name .process | trunc 52 | trimSuffix "-" -}}
{{- end }}

{{- define "pipeline.selector" -}}
app.kubernetes.io/name: pipeline
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .process }}
{{- end }}

{{- define "pipeline.labels" -}}
{{ include "pipeline.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "pipeline.serviceAccount" -}}
{{- if .root.Values.serviceAccount.create -}}
{{ .root.Values.serviceAccount.name | default (printf "%s-pipeline" .root.Release.Name) }}
{{- else -}}
{{ .root.Values.serviceAccount.name | default "default" }}
{{- end -}}
{{- end }}

{{/* The configuration file of a process: the sections that --config reads. */}}
{{- define "pipeline.config" -}}
{{- $values := .root.Values -}}
{{- $config := dict "Admin" (dict "Address" "0.0.0.0" "Port" 8888 "LogFormat" "Json") -}}
{{- if ne .process "query" -}}
{{- $_ := set $config "Kafka" (merge (dict "BootstrapServers" $values.kafka.bootstrapServers) $values.kafka.settings) -}}
{{- $_ := set $config "Topics" (dict "PartitionCount" ($values.topics.partitionCount | int) "LateHorizon" $values.topics.lateHorizon) -}}
{{- end -}}
{{- if or (eq .process "sinks") (eq .process "query") -}}
{{- $_ := set $config "Store" (dict "Kind" "Elasticsearch") -}}
{{- $_ := set $config "Elasticsearch" (merge (dict "Nodes" $values.storage.elasticsearch.nodes) $values.storage.elasticsearch.settings) -}}
{{- end -}}
{{- $own := deepCopy (index $values .process).settings -}}
{{- if or (eq .process "collector") (eq .process "query") -}}
{{- $own = merge $own (dict "Address" "0.0.0.0") -}}
{{- end -}}
{{- if $own -}}
{{- $_ := set $config (title .process) $own -}}
{{- end -}}
{{ $config | toPrettyJson }}
{{- end }}

{{/* A replica beyond the partitions would have nothing to do. */}}
{{- define "pipeline.checkReplicas" -}}
{{- if gt (int (index .root.Values .process).replicas) (int .root.Values.topics.partitionCount) -}}
{{- fail (printf "%s.replicas is %d, but there are only %d partitions (topics.partitionCount): the rest would have nothing to do." .process (int (index .root.Values .process).replicas) (int .root.Values.topics.partitionCount)) -}}
{{- end -}}
{{- end }}

{{- define "pipeline.image" -}}
{{ printf "%s/%s:%s" .root.Values.image.repository .process (.root.Values.image.tag | default .root.Chart.AppVersion) }}
{{- end }}

{{/* Pod template, shared by all workloads. */}}
{{- define "pipeline.pod" -}}
{{- $values := .root.Values -}}
metadata:
  labels:
    {{- include "pipeline.labels" . | nindent 4 }}
  annotations:
    checksum/config: {{ include "pipeline.config" . | sha256sum }}
    prometheus.io/scrape: "true"
    prometheus.io/port: "8888"
    prometheus.io/path: /metrics
    {{- with $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "pipeline.serviceAccount" . }}
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
  {{- with $values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 64198
    runAsGroup: 64198
    fsGroup: 64198
    seccompProfile: { type: RuntimeDefault }
  containers:
    - name: {{ .process }}
      image: {{ include "pipeline.image" . | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args: ["--config", "/etc/pipeline/{{ .process }}.json"]
      env:
        {{- if or (eq .process "aggregator") (eq .process "sinks") }}
        # The pod's stable name is the transactional id and the static member of the group.
        - name: PIPELINE_{{ title .process }}__InstanceId
          valueFrom: { fieldRef: { fieldPath: metadata.name } }
        {{- end }}
        - name: DOTNET_gcServer
          value: "0"
      ports:
        - { name: admin, containerPort: 8888 }
        {{- if eq .process "collector" }}
        - { name: otlp-grpc, containerPort: 4317 }
        - { name: otlp-http, containerPort: 4318 }
        {{- else if eq .process "query" }}
        - { name: query, containerPort: 16686 }
        {{- end }}
      livenessProbe:
        httpGet: { path: /livez, port: admin }
        periodSeconds: 10
        failureThreshold: 3
      readinessProbe:
        httpGet: { path: /readyz, port: admin }
        periodSeconds: 5
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: ["ALL"] }
      resources:
        {{- toYaml (index $values .process).resources | nindent 8 }}
      volumeMounts:
        - { name: config, mountPath: /etc/pipeline/{{ .process }}.json, subPath: {{ .process }}.json, readOnly: true }
        - { name: tmp, mountPath: /tmp }
        {{- if and $values.kafka.existingSecret (ne .process "query") }}
        - { name: kafka, mountPath: /etc/pipeline/kafka, readOnly: true }
        {{- end }}
        {{- if and $values.storage.elasticsearch.existingSecret (or (eq .process "sinks") (eq .process "query")) }}
        - { name: elasticsearch, mountPath: /etc/pipeline/elasticsearch, readOnly: true }
        {{- end }}
  volumes:
    - name: config
      configMap: { name: {{ include "pipeline.name" . }} }
    - name: tmp
      emptyDir: {}
    {{- if and $values.kafka.existingSecret (ne .process "query") }}
    - name: kafka
      secret: { secretName: {{ $values.kafka.existingSecret }} }
    {{- end }}
    {{- if and $values.storage.elasticsearch.existingSecret (or (eq .process "sinks") (eq .process "query")) }}
    - name: elasticsearch
      secret: { secretName: {{ $values.storage.elasticsearch.existingSecret }} }
    {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "pipeline.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "pipeline.name" . }}
  labels:
    {{- include "pipeline.labels" . | nindent 4 }}
data:
  {{ .process }}.json: |
    {{- include "pipeline.config" . | nindent 4 }}
{{- end }}

{{- define "pipeline.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "pipeline.name" . }}
  labels:
    {{- include "pipeline.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "pipeline.selector" . | nindent 6 }}
{{- end }}
