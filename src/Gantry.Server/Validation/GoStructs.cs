using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Schemas.Generated;
using Gantry.Api.Trees;

namespace Gantry.Server.Validation;

/// <summary>
/// Prints an object as Go's <c>%#v</c> does: every member by its Go name, in the order of the type, empty ones too. What a pointer points to is not
/// shown, only that it is set. Kubernetes prints its internal types, whose package is named like the group.
/// </summary>
internal static class GoStructs
{
    private const string Address = "0xc000000000";

    // Where Go's name is not the JSON name with a capital.
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["apiGroup"] = "APIGroup", ["apiGroups"] = "APIGroups", ["apiVersion"] = "APIVersion", ["apiVersions"] = "APIVersions", ["csi"] = "CSI",
        ["dnsConfig"] = "DNSConfig", ["dnsPolicy"] = "DNSPolicy", ["fsGroup"] = "FSGroup",
        ["fsGroupChangePolicy"] = "FSGroupChangePolicy", ["fsType"] = "FSType", ["id"] = "ID", ["ip"] = "IP", ["os"] = "OS", ["seLinuxOptions"] = "SELinuxOptions",
        ["tty"] = "TTY", ["uid"] = "UID", ["url"] = "URL", ["caBundle"] = "CABundle", ["openAPIV3Schema"] = "OpenAPIV3Schema", ["jsonPath"] = "JSONPath",
        ["metadata"] = "ObjectMeta", ["nfs"] = "NFS", ["iscsi"] = "ISCSI", ["rbd"] = "RBD", ["cephfs"] = "CephFS", ["fc"] = "FC", ["storageos"] = "StorageOS",
        ["gcePersistentDisk"] = "GCEPersistentDisk", ["awsElasticBlockStore"] = "AWSElasticBlockStore",
    };

    // Texts in lists and behind pointers that have a type of their own.
    private static readonly Dictionary<string, string> Items = new(StringComparer.Ordinal)
    {
        ["accessModes"] = "core.PersistentVolumeAccessMode", ["add"] = "core.Capability", ["drop"] = "core.Capability", ["policyTypes"] = "networking.PolicyType",
        ["succeeded"] = "types.UID", ["failed"] = "types.UID", ["scopes"] = "core.ResourceQuotaScope", ["volumeLifecycleModes"] = "storage.VolumeLifecycleMode", ["procMount"] = "core.ProcMountType",
        ["unhealthyPodEvictionPolicy"] = "policy.UnhealthyPodEvictionPolicyType", ["restartPolicy"] = "core.ContainerRestartPolicy",
        ["preemptionPolicy"] = "core.PreemptionPolicy", ["mountPropagation"] = "core.MountPropagationMode", ["recursiveReadOnly"] = "core.RecursiveReadOnlyMode",
        ["nodeAffinityPolicy"] = "core.NodeInclusionPolicy", ["nodeTaintsPolicy"] = "core.NodeInclusionPolicy",
    };

    // The members of types whose internal form has others or has them elsewhere.
    private static readonly Dictionary<string, string[]> Members = new(StringComparer.Ordinal)
    {
        ["apiextensions.CustomResourceDefinitionVersion"] =
        [
            "name", "served", "storage", "deprecated", "deprecationWarning", "schema", "subresources", "additionalPrinterColumns", "selectableFields",
        ],
        ["core.PodSpec"] =
        [
            "volumes", "initContainers", "containers", "ephemeralContainers", "restartPolicy", "terminationGracePeriodSeconds", "activeDeadlineSeconds", "dnsPolicy", "nodeSelector",
            "serviceAccountName", "automountServiceAccountToken", "nodeName", "securityContext", "imagePullSecrets", "hostname", "subdomain", "setHostnameAsFQDN", "affinity",
            "schedulerName", "tolerations", "hostAliases", "priorityClassName", "priority", "preemptionPolicy", "dnsConfig", "readinessGates", "runtimeClassName", "overhead",
            "enableServiceLinks", "topologySpreadConstraints", "os", "schedulingGates", "resourceClaims", "resources",
        ],
        ["core.VolumeMount"] = ["name", "readOnly", "recursiveReadOnly", "mountPath", "subPath", "mountPropagation", "subPathExpr"],
        ["core.VolumeSource"] =
        [
            "hostPath", "emptyDir", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "secret", "nfs", "iscsi", "glusterfs", "persistentVolumeClaim", "rbd", "quobyte",
            "flexVolume", "cinder", "cephfs", "flocker", "downwardAPI", "fc", "azureFile", "configMap", "vsphereVolume", "azureDisk", "photonPersistentDisk", "projected",
            "portworxVolume", "scaleIO", "storageos", "csi", "ephemeral", "image",
        ],
    };

    /// <summary>The object as Go prints it, or null where its type is not among those that errors show.</summary>
    public static string? Of(IApiModel model) => SchemaOf(model) is { } schema ? Struct(schema, (TreeMap)TreeJson.Parse(ApiJson.Encode(model))) : null;

    /// <summary>The Go name of a type, such as <c>core.Container</c>.</summary>
    public static string? TypeOf(IApiModel model) => SchemaOf(model) is { } schema ? TypeOf(schema) : null;

    // What is nothing at all has been set to zero in Go.
    private static string Struct(TypeSchema schema, TreeMap? value)
    {
        var type = TypeOf(schema);
        // The kinds of volumes are a struct within.
        return type == "core.Volume" ? $"{type}{{Name:{One(schema.Find("name")!, value?["name"])}, VolumeSource:{Struct("core.VolumeSource", schema, value)}}}" : Struct(type, schema, value);
    }

    private static string Struct(string type, TypeSchema schema, TreeMap? value)
    {
        var fields = Members.TryGetValue(type, out var members) ? members.Select(m => schema.Find(m)!) : schema.Fields;
        return $"{type}{{{string.Join(", ", fields.Select(f => $"{Name(f.Name)}:{Member(f, value?[f.Name] is { } set and not TreeNull ? set : null)}"))}}}";
    }

    private static string Member(FieldSchema field, Tree? value) => field.Cardinality switch
    {
        Cardinality.List => "[]" + Item(field) + (value is TreeList list ? "{" + string.Join(", ", list.Select(v => One(field, v))) + "}" : "(nil)"),
        Cardinality.Map => Map(field, value as TreeMap),
        _ when field.Presence == Presence.Optional && field.Kind is not (ValueKind.Time or ValueKind.MicroTime) => $"(*{Item(field)})({(value is null ? "nil" : Address)})",
        _ => One(field, value),
    };

    private static string Map(FieldSchema field, TreeMap? map)
    {
        var type = field.Kind == ValueKind.Quantity ? "core.ResourceList" : "map[string]" + Item(field);
        return type + (map is null ? "(nil)" : "{" + string.Join(", ", map.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => GoSyntax.Quoted(m.Key) + ":" + One(field, m.Value))) + "}");
    }

    private static string One(FieldSchema field, Tree? value) => field.Kind switch
    {
        ValueKind.Object => Struct(field.Type, value as TreeMap),
        ValueKind.Quantity => GoDump.Of(value is TreeString text && Quantity.TryParse(text.Value, out var amount) ? amount : default(Quantity)),
        ValueKind.IntOrString => value is TreeString text
            ? $"intstr.IntOrString{{Type:1, IntVal:0, StrVal:{GoSyntax.Quoted(text.Value)}}}" : $"intstr.IntOrString{{Type:0, IntVal:{Number(value)}, StrVal:\"\"}}",
        ValueKind.Time or ValueKind.MicroTime => Time(value, field.Presence == Presence.Optional),
        ValueKind.String or ValueKind.Duration => GoSyntax.Quoted((value as TreeString)?.Value ?? ""),
        ValueKind.Bool => value is TreeBool { Value: true } ? "true" : "false",
        ValueKind.Bytes => GoDump.Bytes(value is TreeString text ? Convert.FromBase64String(text.Value) : []).Replace("[]byte", "[]uint8", StringComparison.Ordinal),
        ValueKind.Any => value is null ? "<nil>" : GoSyntax.Source(value),
        _ => Number(value),
    };

    private static string Number(Tree? value) => value?.ToString() ?? "0";

    private static string Time(Tree? value, bool pointer)
    {
        if (value is not TreeString text || !DateTimeOffset.TryParse(text.Value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time))
        {
            return pointer ? "<nil>" : "time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC)";
        }

        return string.Create(CultureInfo.InvariantCulture, $"time.Date({time.Year}, time.{time:MMMM}, {time.Day}, {time.Hour}, {time.Minute}, {time.Second}, {time.Ticks % TimeSpan.TicksPerSecond * 100}, time.Local)");
    }

    private static string Item(FieldSchema field) => field.Kind switch
    {
        ValueKind.Object => TypeOf(field.Type),
        ValueKind.Int32 => "int32",
        ValueKind.Int64 => "int64",
        ValueKind.Double => "float64",
        ValueKind.Bool => "bool",
        ValueKind.Bytes => "[]uint8",
        ValueKind.Quantity => "resource.Quantity",
        ValueKind.IntOrString => "intstr.IntOrString",
        ValueKind.Any => "runtime.RawExtension",
        _ => field.Cardinality != Cardinality.Map && Items.TryGetValue(field.Name, out var named) ? named : "string",
    };

    private static string Name(string json) => Names.TryGetValue(json, out var name) ? name : char.ToUpperInvariant(json[0]) + json[1..];

    // The package of io.k8s.api.core.v1.Pod is core; what all groups share has no internal form.
    private static string TypeOf(TypeSchema schema)
    {
        var parts = schema.OpenApiName.Split('.');
        return (parts[^3] == "meta" ? "v1" : parts[^3]) + "." + parts[^1];
    }

    private static TypeSchema? SchemaOf(IApiModel model) => model switch
    {
        V1LabelSelector => ApiTypes.V1LabelSelector,
        V1OwnerReference => ApiTypes.V1OwnerReference,
        V1ObjectMeta => ApiTypes.V1ObjectMeta,
        V1SecurityContext => ApiTypes.V1SecurityContext,
        V1SeccompProfile => ApiTypes.V1SeccompProfile,
        V1NodeSelectorTerm => ApiTypes.V1NodeSelectorTerm,
        V1VolumeNodeAffinity => ApiTypes.V1VolumeNodeAffinity,
        V1ObjectReference => ApiTypes.V1ObjectReference,
        V1PodTemplateSpec => ApiTypes.V1PodTemplateSpec,
        V1ScopeSelector => ApiTypes.V1ScopeSelector,
        V1PodDisruptionBudgetSpec => ApiTypes.V1PodDisruptionBudgetSpec,
        V1PodFailurePolicy => ApiTypes.V1PodFailurePolicy,
        V1SuccessPolicy => ApiTypes.V1SuccessPolicy,
        V1UncountedTerminatedPods => ApiTypes.V1UncountedTerminatedPods,
        V1StatefulSetUpdateStrategy => ApiTypes.V1StatefulSetUpdateStrategy,
        V1RollingUpdateStatefulSetStrategy => ApiTypes.V1RollingUpdateStatefulSetStrategy,
        V1DeploymentStrategy => ApiTypes.V1DeploymentStrategy,
        V1DaemonSetUpdateStrategy => ApiTypes.V1DaemonSetUpdateStrategy,
        V1CSINodeDriver => ApiTypes.V1CSINodeDriver,
        V1VolumeAttachmentSpec => ApiTypes.V1VolumeAttachmentSpec,
        V1FlowSchemaSpec => ApiTypes.V1FlowSchemaSpec,
        V1PriorityLevelConfigurationSpec => ApiTypes.V1PriorityLevelConfigurationSpec,
        V1RoleRef => ApiTypes.V1RoleRef,
        V1Taint => ApiTypes.V1Taint,
        V1Toleration => ApiTypes.V1Toleration,
        V1NodeAddress => ApiTypes.V1NodeAddress,
        V1CustomResourceDefinitionVersion => ApiTypes.V1CustomResourceDefinitionVersion,
        _ => null,
    };
}
