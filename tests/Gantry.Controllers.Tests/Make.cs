using Gantry.Api.Models;

namespace Gantry.Controllers.Tests;

/// <summary>Objects for tests, with as little in them as a test needs.</summary>
internal static class Make
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static V1Pod Pod(string name, string phase = "Running", bool ready = true, string node = "n1", DateTimeOffset? since = null) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Namespace = "default", Name = name, Uid = "uid-" + name, CreationTimestamp = since ?? Now.AddHours(-1), Labels = new Dictionary<string, string> { ["app"] = "web" },
        },
        Spec = new V1PodSpec { NodeName = node, Containers = [new V1Container { Name = "main" }] },
        Status = new V1PodStatus
        {
            Phase = phase,
            Conditions = [new V1PodCondition { Type = "Ready", Status = ready && phase == "Running" ? "True" : "False", LastTransitionTime = since ?? Now.AddHours(-1) }],
        },
    };

    public static T OwnedBy<T>(T obj, string kind, string name, string uid)
        where T : class, IApiObject<T> => obj.WithMetadata(obj.Metadata with
        {
            OwnerReferences = [new V1OwnerReference { ApiVersion = "apps/v1", Kind = kind, Name = name, Uid = uid, Controller = true, BlockOwnerDeletion = true }],
        });

    public static V1Pod Deleted(V1Pod pod) => pod with { Metadata = pod.Metadata with { DeletionTimestamp = Now } };

    public static V1PodTemplateSpec Template(string image = "web:1") => new()
    {
        Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["app"] = "web" } },
        Spec = new V1PodSpec { Containers = [new V1Container { Name = "main", Image = image }], RestartPolicy = "Always" },
    };

    public static V1LabelSelector Selector => new() { MatchLabels = new Dictionary<string, string> { ["app"] = "web" } };
}
