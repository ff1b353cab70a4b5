namespace Gantry.Server.Writing;

/// <summary>Where Kubernetes keeps an object in etcd, which some of its messages tell.</summary>
internal static class RegistryPath
{
    /// <summary>What is said of an update that is meant for an object of another UID.</summary>
    public static string OtherUid(WriteScope scope, string wanted, string found) =>
        $"StorageError: invalid object, Code: 4, Key: {Of(scope)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {wanted}, UID in object meta: {found}";

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
