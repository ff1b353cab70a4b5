using System.Text;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;
using BodyHeader = Gantry.Api.Trees.ObjectHeader;

namespace Gantry.Server.Handling;

/// <summary>Bodies of requests to trees of the kind they should be, with the words of the API for what is wrong with them.</summary>
internal static class BodyDecoder
{
    private const int SummaryLength = 30;

    /// <summary>The media types of objects in bodies.</summary>
    public static IReadOnlyList<string> MediaTypes { get; } = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

    /// <summary>Decodes the call's body as an object of the resource. Custom ones have to say themselves what they are, and lose what their schema does not know.</summary>
    public static (TreeMap? Value, ApiStatus? Refusal) Decode(ApiCall call, ServedResource resource) => Decode(call, resource.Type, resource.Custom is null ? null : resource, []);

    /// <summary>Decodes the call's body as an object of that built-in kind.</summary>
    /// <param name="call">The request.</param>
    /// <param name="type">What its path takes.</param>
    /// <param name="versions">Other versions in which the path takes the same kind.</param>
    public static (TreeMap? Value, ApiStatus? Refusal) Decode(ApiCall call, ResourceType type, params IReadOnlyList<string> versions) => Decode(call, type, null, versions);

    /// <summary>Why a document that says it is that kind cannot become one of the wanted type, whatever its version; null where it can.</summary>
    /// <param name="apiVersion">As the document says; empty means the wanted one.</param>
    /// <param name="kind">The same.</param>
    /// <param name="type">What is wanted.</param>
    public static string? OtherKind(string apiVersion, string kind, ResourceType type)
    {
        if ((kind.Length == 0 || kind == type.Kind) && (apiVersion.Length == 0 || apiVersion == type.ApiVersion))
        {
            return null;
        }

        (apiVersion, kind) = (Or(apiVersion, type.ApiVersion), Or(kind, type.Kind));
        var wanted = RegisteredKinds.Of(type);
        return RegisteredKinds.Find(apiVersion, kind) is not { } name
                ? $"no kind \"{kind}\" is registered for version \"{apiVersion}\" in scheme \"{RegisteredKinds.SchemeOf(type.Group)}\""
            : name == wanted ? null
            : $"converting ({VersionOf(apiVersion)}.{kind}) to ({wanted}): unknown conversion";
    }

    /// <summary>The refusal of a custom resource that says it is of another kind or version than its definition; null for all others.</summary>
    public static ApiStatus? OtherCustomKind(TreeMap value, ResourceType type)
    {
        var (kind, apiVersion) = (value.Text("kind") ?? "", value.Text("apiVersion") ?? "");
        if (kind == type.Kind && apiVersion == type.ApiVersion)
        {
            return null;
        }

        List<FieldError> errors = [];
        if (kind != type.Kind)
        {
            errors.Add(FieldError.Invalid("kind", kind, "must be " + type.Kind));
        }

        if (apiVersion != type.ApiVersion)
        {
            errors.Add(FieldError.Invalid("apiVersion", apiVersion, "must be " + type.ApiVersion));
        }

        return ApiStatus.Invalid(type, value.Map("metadata")?.Text("name") ?? "", errors);
    }

    /// <summary>A YAML document as JSON, or what is wrong with it.</summary>
    public static (byte[]? Json, string? Error) FromYaml(ReadOnlySpan<byte> yaml) => FromYaml(yaml, out _);

    /// <summary>Reports unknown and duplicate fields as warnings, where the request wants that.</summary>
    public static void Warn(ApiCall call, IEnumerable<string> problems)
    {
        if (call.FieldValidation == FieldValidation.Warn)
        {
            foreach (var problem in problems)
            {
                call.Warn(problem);
            }
        }
    }

    private static (TreeMap? Value, ApiStatus? Refusal) Decode(ApiCall call, ResourceType type, ServedResource? custom, IReadOnlyList<string> versions)
    {
        if (call.BodyProblem is { } problem)
        {
            return (null, problem.Kind.Length == 0 ? Unrecognized(type, problem.Text, call.Body.Span) : Unusable(type, problem.ApiVersion, problem.Kind, problem.Text));
        }

        if (call.ContentType is not ("" or "application/json" or "application/yaml"))
        {
            return (null, ApiStatus.UnsupportedMediaType(MediaTypes));
        }

        ReadOnlySpan<byte> json = call.Body.Span;
        IReadOnlyList<string> repeated = [];
        if (call.ContentType == "application/yaml")
        {
            var (converted, error) = FromYaml(json, out repeated);
            if (converted is null)
            {
                return (null, Unrecognized(type, error!, json));
            }

            json = converted;
        }

        var header = BodyHeader.Read(json);
        if (header.Error is { } unreadable)
        {
            return (null, Unrecognized(type, unreadable, call.Body.Span));
        }

        var refusal = custom is null ? Refusal(header, type, versions) : CustomRefusal(header, type, call.Body.Span);
        return refusal is not null ? (null, refusal) : Decode(call, type, custom, header, json, repeated);
    }

    private static (byte[]? Json, string? Error) FromYaml(ReadOnlySpan<byte> yaml, out IReadOnlyList<string> repeated)
    {
        try
        {
            return (TreeJson.Write(TreeYaml.Parse(yaml, checks: true, out repeated)), null);
        }
        catch (TreeException e)
        {
            repeated = [];
            return (null, e.Message);
        }
    }

    /// <param name="call">The request.</param>
    /// <param name="type">What its path takes.</param>
    /// <param name="custom">The same as a resource, where that is a custom one.</param>
    /// <param name="header">What the body says it is.</param>
    /// <param name="json">The body as JSON.</param>
    /// <param name="repeated">Keys that stood twice in the YAML that the body was: they are lost in JSON.</param>
    private static (TreeMap? Value, ApiStatus? Refusal) Decode(
        ApiCall call, ResourceType type, ServedResource? custom, BodyHeader header, ReadOnlySpan<byte> json, IReadOnlyList<string> repeated)
    {
        var strict = call.FieldValidation == FieldValidation.Strict;
        var result = TreeDecoder.Decode(type.Schema, json, strict ? FieldValidation.Warn : call.FieldValidation);
        var error = custom is null ? result.Error : OfMetadata(type, result.Error);
        var problems = result.Problems;
        if (error is null && custom is not null)
        {
            (var unknown, error) = CustomFields.Drop(custom, result.Object!);
            // What stands twice is found by reading, what is unknown only afterwards.
            problems = [.. problems.OrderBy(p => !p.StartsWith("duplicate", StringComparison.Ordinal)), .. unknown];
        }

        if (error is null && strict && problems.Count + repeated.Count > 0)
        {
            IEnumerable<string> first = repeated.Count == 0 ? [] : ["yaml: unmarshal errors:\n  " + string.Join("\n  ", repeated)];
            error = "strict decoding error: " + string.Join(", ", [.. first, .. problems]);
        }

        error ??= InternalForm.Fault(type, result.Object!);
        if (error is not null)
        {
            // What does not say what it is, is taken for what its path says.
            return (null, Unusable(type, Or(header.ApiVersion, type.ApiVersion), Or(header.Kind, type.Kind), error));
        }

        var value = result.Object!;
        if (custom is not null && OtherCustomKind(value, type) is { } other)
        {
            return (null, other);
        }

        Warn(call, repeated);
        Warn(call, problems);
        value["kind"] = type.Kind;
        value["apiVersion"] = type.ApiVersion;
        call.Audit?.Requests(type, value);
        return (value, null);
    }

    // Of custom resources nothing but the metadata is decoded as a type, and it by itself.
    private static string? OfMetadata(ResourceType type, string? error) => error?
        .Replace($"Go struct field {type.Kind}.metadata of", "Go value of", StringComparison.Ordinal)
        .Replace(".metadata.", ".", StringComparison.Ordinal);

    private static ApiStatus? Refusal(BodyHeader header, ResourceType type, IReadOnlyList<string> versions)
    {
        if (versions.Contains(header.ApiVersion, StringComparer.Ordinal) && header.Kind == type.Kind)
        {
            return null;
        }

        if (OtherKind(header.ApiVersion, header.Kind, type) is { } other)
        {
            return Unusable(type, Or(header.ApiVersion, type.ApiVersion), Or(header.Kind, type.Kind), other);
        }

        return header.ApiVersion.Length == 0 || header.ApiVersion == type.ApiVersion ? null : ApiStatus.OtherVersion(header.ApiVersion, type.ApiVersion);
    }

    private static ApiStatus? CustomRefusal(BodyHeader header, ResourceType type, ReadOnlySpan<byte> body)
    {
        if (header.Kind.Length == 0)
        {
            return Unrecognized(type, $"Object 'Kind' is missing in '{Encoding.UTF8.GetString(body)}'", body);
        }

        return header.ApiVersion == type.ApiVersion ? null : ApiStatus.OtherVersion(header.ApiVersion, type.ApiVersion);
    }

    private static string Or(string given, string otherwise) => given.Length > 0 ? given : otherwise;

    private static string VersionOf(string apiVersion) => apiVersion[(apiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static ApiStatus Unusable(ResourceType type, string apiVersion, string kind, string why) =>
        ApiStatus.BadRequest($"{kind} in version \"{VersionOf(apiVersion)}\" cannot be handled as a {type.Kind}: {why}");

    private static ApiStatus Unrecognized(ResourceType type, string error, ReadOnlySpan<byte> body) =>
        ApiStatus.BadRequest($"the object provided is unrecognized (must be of type {type.Kind}): {error} ({Summary(body)})");

    private static string Summary(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return "<empty>";
        }

        var shown = body.Length > SummaryLength ? body[..SummaryLength] : body;
        return (body[0] == '{' ? Encoding.UTF8.GetString(shown) : Convert.ToHexStringLower(shown)) + (body.Length > SummaryLength ? " ..." : "");
    }
}
