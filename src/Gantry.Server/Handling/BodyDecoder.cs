using System.Text;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
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

    /// <summary>Decodes the call's body as an object of that kind.</summary>
    public static (TreeMap? Value, ApiStatus? Refusal) Decode(ApiCall call, ResourceType type)
    {
        if (call.ContentType is not ("" or "application/json" or "application/yaml"))
        {
            return (null, ApiStatus.UnsupportedMediaType(MediaTypes));
        }

        ReadOnlySpan<byte> json = call.Body.Span;
        if (call.ContentType == "application/yaml")
        {
            var (converted, error) = FromYaml(json);
            if (converted is null)
            {
                return (null, Unrecognized(type, "couldn't get version/kind; json parse error: " + error, json));
            }

            json = converted;
        }

        var header = BodyHeader.Read(json);
        return Refusal(header, type, json) is { } refusal ? (null, refusal) : Decode(call, type, header, json);
    }

    /// <summary>A YAML document as JSON, or what is wrong with it.</summary>
    public static (byte[]? Json, string? Error) FromYaml(ReadOnlySpan<byte> yaml)
    {
        try
        {
            return (TreeJson.Write(TreeYaml.Parse(yaml)), null);
        }
        catch (TreeException e)
        {
            return (null, "error converting YAML to JSON: " + e.Message);
        }
    }

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

    private static (TreeMap? Value, ApiStatus? Refusal) Decode(ApiCall call, ResourceType type, BodyHeader header, ReadOnlySpan<byte> json)
    {
        var result = TreeDecoder.Decode(type.Schema, json, call.FieldValidation);
        if (result.Object is not { } value)
        {
            // What does not say what it is, is taken for what its path says.
            var (kind, apiVersion) = (header.Kind.Length > 0 ? header.Kind : type.Kind, header.ApiVersion.Length > 0 ? header.ApiVersion : type.ApiVersion);
            return (null, ApiStatus.BadRequest($"{kind} in version \"{VersionOf(apiVersion)}\" cannot be handled as a {type.Kind}: {result.Error}"));
        }

        Warn(call, result.Problems);
        value["kind"] = type.Kind;
        value["apiVersion"] = type.ApiVersion;
        call.Audit?.Requests(type, value);
        return (value, null);
    }

    private static ApiStatus? Refusal(BodyHeader header, ResourceType type, ReadOnlySpan<byte> json)
    {
        if (header.Error is { } error)
        {
            return Unrecognized(type, error, json);
        }

        if (header.Kind.Length == 0 && header.ApiVersion.Length == 0)
        {
            return null;
        }

        var (kind, apiVersion) = (header.Kind.Length == 0 ? type.Kind : header.Kind, header.ApiVersion.Length == 0 ? type.ApiVersion : header.ApiVersion);
        if (kind == type.Kind && apiVersion == type.ApiVersion)
        {
            return null;
        }

        var isKnown = IsKnown(kind, apiVersion);
        return isKnown && apiVersion != type.ApiVersion
            ? ApiStatus.BadRequest($"the API version in the data ({apiVersion}) does not match the expected API version ({type.ApiVersion})")
            : ApiStatus.BadRequest($"{kind} in version \"{VersionOf(apiVersion)}\" cannot be handled as a {type.Kind}: {OtherKind(type, kind, apiVersion, isKnown)}");
    }

    /// <summary>Why an object that says it is of that kind cannot be one of the wanted kind; null where it can.</summary>
    public static string? OtherKind(ResourceType type, string kind, string apiVersion) =>
        kind == type.Kind && apiVersion == type.ApiVersion ? null : OtherKind(type, kind, apiVersion, IsKnown(kind, apiVersion));

    private static string OtherKind(ResourceType type, string kind, string apiVersion, bool isKnown) => isKnown
        ? $"converting ({VersionOf(apiVersion)}.{kind}) to ({Package(type)}.{type.Kind}): unknown conversion"
        : $"no kind \"{kind}\" is registered for version \"{apiVersion}\" in scheme \"gantry\"";

    private static bool IsKnown(string kind, string apiVersion)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return ApiCatalog.FindKind(slash < 0 ? "" : apiVersion[..slash], VersionOf(apiVersion), kind) is not null;
    }

    private static string Package(ResourceType type) => type.Group.Length == 0 ? "core" : type.Group.Split('.')[0];

    private static string VersionOf(string apiVersion) => apiVersion[(apiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..];

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
