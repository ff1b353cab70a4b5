namespace Gantry.Api.OpenApi;

internal static class MediaTypes
{
    public const string Json = "application/json";

    public static IReadOnlyList<string> Any { get; } = ["*/*"];

    public static IReadOnlyList<string> Objects { get; } = [Json, "application/yaml", "application/vnd.kubernetes.protobuf"];

    public static IReadOnlyList<string> Streams { get; } = [.. Objects, "application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch"];

    public static IReadOnlyList<string> Logs { get; } = ["text/plain", .. Objects];

    public static IReadOnlyList<string> Patches { get; } =
        ["application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml"];

    public static IReadOnlyList<string> Custom { get; } = [Json, "application/yaml"];

    public static IReadOnlyList<string> CustomPatches { get; } = ["application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"];
}
