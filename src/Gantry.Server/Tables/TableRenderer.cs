using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Server.Tables;

/// <summary>The rows of the Table form of every built-in kind. Kinds without cells of their own show their name and when they were made.</summary>
public static class TableRenderer
{
    private static readonly TableColumn[] Plain = [new("Name", "string", "name", 0, "the object's name"), new("Created At", "date", "", 0, "when the object was made")];

    /// <summary>Whether a kind has no cells of its own.</summary>
    public static bool IsPlain(ResourceType type) => Columns(type) is [_, { Name: "Created At" }];

    public static IReadOnlyList<TableColumn> Columns(ResourceType type) => type.Columns.Count > 0 ? type.Columns : Plain;

    /// <summary>One row: as many cells as there are <see cref="Columns"/>.</summary>
    /// <param name="value">The object.</param>
    /// <param name="now">What ages are counted to.</param>
    public static IReadOnlyList<Tree> Cells(IApiObject value, DateTimeOffset now)
    {
        var age = HumanTime.Since(value.Metadata.CreationTimestamp, now);
        return value switch
        {
            V1Pod o => PodCells.Of(o, now),
            CoreV1Event o => EventCells.Of(o, now),
            EventsV1Event o => EventCells.Of(o, now),
            V1Job o => WorkloadCells.Job(o, age, now),
            V1CronJob o => WorkloadCells.CronJob(o, age, now),
            _ => Workload(value, age) ?? Core(value, age) ?? Cluster(value, age) ?? [value.Metadata.Name, Created(value)],
        };
    }

    private static IReadOnlyList<Tree>? Workload(IApiObject value, string age) => value switch
    {
        V1ReplicaSet o => WorkloadCells.ReplicaSet(o, age),
        V1Deployment o => WorkloadCells.Deployment(o, age),
        V1StatefulSet o => WorkloadCells.StatefulSet(o, age),
        V1DaemonSet o => WorkloadCells.DaemonSet(o, age),
        V1ReplicationController o => WorkloadCells.ReplicationController(o, age),
        V1PodTemplate o => WorkloadCells.PodTemplate(o),
        V1ControllerRevision o => WorkloadCells.ControllerRevision(o, age),
        V1PodDisruptionBudget o => WorkloadCells.DisruptionBudget(o, age),
        V1HorizontalPodAutoscaler o => AutoscalerCells.Of(Handling.AutoscalerConversion.Newer(o), age),
        V2HorizontalPodAutoscaler o => AutoscalerCells.Of(o, age),
        _ => null,
    };

    private static IReadOnlyList<Tree>? Core(IApiObject value, string age) => value switch
    {
        V1Service o => NetworkCells.Service(o, age),
        V1Endpoints o => NetworkCells.Endpoints(o, age),
        V1EndpointSlice o => NetworkCells.EndpointSlice(o, age),
        V1Ingress o => NetworkCells.Ingress(o, age),
        V1IngressClass o => NetworkCells.IngressClass(o, age),
        V1NetworkPolicy o => [o.Metadata.Name, CellText.Selector(o.Spec.PodSelector), age],
        V1ConfigMap o => [o.Metadata.Name, o.Data.Count + o.BinaryData.Count, age],
        V1Secret o => [o.Metadata.Name, o.Type, o.Data.Count, age],
        V1ServiceAccount o => [o.Metadata.Name, o.Secrets.Count, age],
        V1Namespace o => [o.Metadata.Name, o.Status.Phase, age],
        V1Node o => ClusterCells.Node(o, age),
        V1ComponentStatus o => ClusterCells.Component(o),
        V1ResourceQuota o => ClusterCells.Quota(o, age),
        V1PersistentVolume o => StorageCells.Volume(o, age),
        V1PersistentVolumeClaim o => StorageCells.Claim(o, age),
        V1StorageClass o => StorageCells.StorageClass(o, age),
        V1CSIDriver o => StorageCells.Driver(o, age),
        V1CSINode o => [o.Metadata.Name, o.Spec.Drivers.Count, age],
        V1VolumeAttachment o => StorageCells.Attachment(o, age),
        _ => null,
    };

    private static IReadOnlyList<Tree>? Cluster(IApiObject value, string age) => value switch
    {
        V1Lease o => [o.Metadata.Name, o.Spec?.HolderIdentity ?? "", age],
        V1RuntimeClass o => [o.Metadata.Name, o.Handler, age],
        V1PriorityClass o => [o.Metadata.Name, o.Value, o.GlobalDefault, age, o.PreemptionPolicy ?? ""],
        V1RoleBinding o => ClusterCells.Binding(o.Metadata, o.RoleRef, o.Subjects, age),
        V1ClusterRoleBinding o => ClusterCells.Binding(o.Metadata, o.RoleRef, o.Subjects, age),
        V1CertificateSigningRequest o => ClusterCells.SigningRequest(o, age),
        V1APIService o => ClusterCells.ApiService(o, age),
        V1FlowSchema o => ClusterCells.Flow(o, age),
        V1PriorityLevelConfiguration o => ClusterCells.PriorityLevel(o, age),
        V1MutatingWebhookConfiguration o => [o.Metadata.Name, o.Webhooks.Count, age],
        V1ValidatingWebhookConfiguration o => [o.Metadata.Name, o.Webhooks.Count, age],
        V1ValidatingAdmissionPolicy o => ClusterCells.Policy(o, age),
        V1ValidatingAdmissionPolicyBinding o => ClusterCells.PolicyBinding(o, age),
        _ => null,
    };

    private static Tree Created(IApiObject value) => value.Metadata.CreationTimestamp is { } made ? ApiTimes.Format(made) : TreeNull.Instance;
}
