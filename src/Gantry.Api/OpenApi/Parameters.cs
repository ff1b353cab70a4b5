using Gantry.Api.Schemas;

namespace Gantry.Api.OpenApi;

/// <summary>The parameters of the API's verbs.</summary>
internal static class Parameters
{
    private static readonly Parameter Pretty = new("pretty", "string", "Whether to indent the answer.");

    private static readonly Parameter DryRun = new("dryRun", "string", "With All the request is processed, but nothing is stored.");

    private static readonly Parameter FieldManager = new("fieldManager", "string", "The name under which the written fields are owned.");

    private static readonly Parameter FieldValidation = new("fieldValidation", "string", "What to do about unknown and duplicate fields: Ignore, Warn or Strict.");

    private static readonly Parameter[] Page =
    [
        new("continue", "string", "The token with which a list goes on after its last page."),
        new("fieldSelector", "string", "Only objects whose fields have these values."),
        new("labelSelector", "string", "Only objects whose labels match."),
        new("limit", "integer", "At most this many objects."),
        new("resourceVersion", "string", "The revision to read from."),
        new("resourceVersionMatch", "string", "How the revision is meant: Exact or NotOlderThan."),
        new("sendInitialEvents", "boolean", "Whether a watch begins with what is there, closed by a bookmark."),
        new("timeoutSeconds", "integer", "How long the request may take."),
    ];

    private static readonly Parameter[] Deletion =
    [
        DryRun,
        new("gracePeriodSeconds", "integer", "How long the object may take to end; 0 means at once."),
        new("ignoreStoreReadErrorWithClusterBreakingPotential", "boolean", "Whether to remove an object that cannot be read, without any check."),
        new("orphanDependents", "boolean", "Older form of propagationPolicy Orphan."),
        new("propagationPolicy", "string", "What happens to owned objects: Orphan, Background or Foreground."),
    ];

    public static IReadOnlyList<Parameter> Read { get; } = [Pretty];

    /// <summary>A read of custom objects, which is described with its options.</summary>
    public static IReadOnlyList<Parameter> ReadAt { get; } = [new("resourceVersion", "string", "The revision to read from."), Pretty];

    public static IReadOnlyList<Parameter> Write { get; } = [DryRun, FieldManager, FieldValidation, Pretty];

    public static IReadOnlyList<Parameter> Patch { get; } =
        [DryRun, new("fieldManager", "string", "The name under which the written fields are owned; an apply needs one."), FieldValidation,
            new("force", "boolean", "Whether an apply takes over fields that others own."), Pretty];

    public static IReadOnlyList<Parameter> List { get; } =
        [new("allowWatchBookmarks", "boolean", "Whether a watch may send bookmarks."), .. Page, new("watch", "boolean", "Whether to stream changes."), Pretty];

    public static IReadOnlyList<Parameter> Delete { get; } = [.. Deletion, Pretty];

    public static IReadOnlyList<Parameter> DeleteCollection { get; } = [.. Deletion, .. Page, Pretty];

    public static Parameter Namespace { get; } = new("namespace", "string", "The namespace of the objects.", InPath: true);

    public static Parameter PathRest { get; } = new("path", "string", "The rest of the path.", InPath: true);

    public static Parameter Name(string kind) => new("name", "string", $"The name of the {kind}.", InPath: true);

    /// <summary>The members of an options kind, which are given in the query.</summary>
    public static IReadOnlyList<Parameter> Of(TypeSchema options) =>
        [.. options.Fields.Where(f => f.Name is not ("kind" or "apiVersion") && f.Kind is not (ValueKind.Object or ValueKind.Time)).Select(f => new Parameter(f.Name, f.Kind switch
        {
            ValueKind.Int32 or ValueKind.Int64 => "integer",
            ValueKind.Bool => "boolean",
            _ => "string",
        }, f.Description))];
}
