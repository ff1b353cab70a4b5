using Gantry.Api.Cel;

namespace Gantry.Server.Admission.Policies;

/// <summary>The types that expressions of admission know besides those of objects: the request, and the namespace it is about.</summary>
internal static class PolicyTypes
{
    public static CelType UserInfo { get; } = Struct(
        "kubernetes.UserInfo",
        ("username", CelType.String), ("uid", CelType.String), ("groups", CelType.List(CelType.String)), ("extra", CelType.Map(CelType.String, CelType.List(CelType.String))));

    public static CelType Request { get; } = Struct(
        "kubernetes.AdmissionRequest",
        ("kind", Kind("GroupVersionKind", "kind")), ("resource", Kind("GroupVersionResource", "resource")), ("subResource", CelType.String),
        ("requestKind", Kind("GroupVersionKind", "kind")), ("requestResource", Kind("GroupVersionResource", "resource")), ("requestSubResource", CelType.String),
        ("name", CelType.String), ("namespace", CelType.String), ("operation", CelType.String),
        ("userInfo", UserInfo),
        ("dryRun", CelType.Bool), ("options", CelType.Dyn));

    public static CelType Namespace { get; } = Struct(
        "kubernetes.Namespace",
        ("metadata", Struct(
            "kubernetes.NamespaceMetadata",
            ("name", CelType.String), ("generateName", CelType.String), ("namespace", CelType.String), ("labels", CelType.Map(CelType.String, CelType.String)),
            ("annotations", CelType.Map(CelType.String, CelType.String)), ("UID", CelType.String), ("creationTimestamp", CelType.Timestamp),
            ("deletionGracePeriodSeconds", CelType.Int), ("deletionTimestamp", CelType.Timestamp), ("generation", CelType.Int), ("resourceVersion", CelType.String),
            ("finalizers", CelType.List(CelType.String)))),
        ("spec", Struct("kubernetes.NamespaceSpec", ("finalizers", CelType.List(CelType.String)))),
        ("status", Struct(
            "kubernetes.NamespaceStatus",
            ("conditions", CelType.List(Struct(
                "kubernetes.NamespaceCondition",
                ("status", CelType.String), ("type", CelType.String), ("lastTransitionTime", CelType.Timestamp), ("message", CelType.String), ("reason", CelType.String)))),
            ("phase", CelType.String))));

    /// <summary>An object type whose fields are called in expressions as they are in the object.</summary>
    internal static CelType Struct(string name, params (string Name, CelType Type)[] fields)
    {
        var map = fields.ToDictionary(f => f.Name, f => new CelField(f.Name, f.Type), StringComparer.Ordinal);
        return CelType.Struct(name, () => map);
    }

    private static CelType Kind(string name, string last) => Struct("kubernetes." + name, ("group", CelType.String), ("version", CelType.String), (last, CelType.String));
}
