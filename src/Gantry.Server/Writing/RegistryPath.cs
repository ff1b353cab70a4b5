namespace Gantry.Server.Writing;

/// <summary>Where Kubernetes keeps an object in etcd, which some of its messages tell.</summary>
internal static class RegistryPath
{
    /// <summary>What is said of an update that is meant for an object of another UID.</summary>
    public static string OtherUid(WriteScope scope, string wanted, string found) =>
        Other(Of(scope), $"Precondition failed: UID in precondition: {wanted}, UID in object meta: {found}");

    /// <summary>The same of a pod that is bound, by its uid or its revision.</summary>
    public static string OtherPod(string ns, string name, string what, string wanted, string found) =>
        Other($"/registry/pods/{ns}/{name}", $"Precondition failed: {what} in precondition: {wanted}, {what} in object meta: {found}");

    private static string Other(string key, string why) => $"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg: {why}";

    private static string Of(WriteScope scope)
    {
        var type = scope.Resource.Type;
        var folder = (type.Group, type.Plural) switch
        {
            ("", "services") => "services/specs",
            ("", "endpoints") => "services/endpoints",
            ("", "nodes") => "minions",
            ("", "replicationcontrollers") => "controllers",
            ("networking.k8s.io", "ingresses") => "ingress",
            (var group and ("apiregistration.k8s.io" or "apiextensions.k8s.io"), var plural) => $"{group}/{plural}",
            var (group, plural) => scope.Resource.Custom is null ? plural : $"{group}/{plural}",
        };
        return $"/registry/{folder}/{(scope.Namespace.Length > 0 ? scope.Namespace + "/" : "")}{scope.Name}";
    }
}
