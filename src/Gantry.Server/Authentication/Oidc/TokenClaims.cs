using System.Text.Json;
using Gantry.Api.Trees;

namespace Gantry.Server.Authentication.Oidc;

/// <summary>The verified claims of a token.</summary>
internal sealed class TokenClaims
{
    private readonly JsonElement _root;
    private readonly ReadOnlyMemory<byte> _json;
    private TreeMap? _tree;

    private TokenClaims(JsonElement root, ReadOnlyMemory<byte> json)
    {
        _root = root;
        _json = json;
    }

    /// <summary>All claims, for expressions.</summary>
    /// <exception cref="ClaimException">They nest too deep.</exception>
    public TreeMap Tree
    {
        get
        {
            try
            {
                return _tree ??= (TreeMap)TreeJson.Parse(_json.Span);
            }
            catch (TreeException broken)
            {
                throw new ClaimException(broken.Message, broken);
            }
        }
    }

    /// <exception cref="ClaimException">The text is no JSON object.</exception>
    public static TokenClaims Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new TokenClaims(document.RootElement.Clone(), json)
                : throw new ClaimException("oidc: malformed jwt: the payload is no object");
        }
        catch (JsonException broken)
        {
            throw new ClaimException("oidc: malformed jwt: " + broken.Message);
        }
    }

    public bool Has(string name) => _root.TryGetProperty(name, out _);

    /// <summary>A claim that must be a text.</summary>
    /// <exception cref="ClaimException">It is missing or something else.</exception>
    public string Text(string name)
    {
        var value = Required(name);
        return value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : throw Wrong(value, "string");
    }

    /// <summary>A claim that must be true or false.</summary>
    /// <exception cref="ClaimException">It is missing or something else.</exception>
    public bool Flag(string name)
    {
        var value = Required(name);
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(value, "bool");
    }

    /// <summary>A claim that is one text or a list of them.</summary>
    /// <exception cref="ClaimException">It is missing or something else.</exception>
    public IReadOnlyList<string> Texts(string name)
    {
        var value = Required(name);
        return value.ValueKind switch
        {
            JsonValueKind.Array => [.. value.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.String ? v.GetString() ?? "" : throw Wrong(v, "string"))],
            JsonValueKind.String => [value.GetString() ?? ""],
            _ => throw Wrong(value, "string"),
        };
    }

    /// <summary>A time in seconds, or null where there is none.</summary>
    public double? Seconds(string name) =>
        _root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) ? seconds : null;

    private JsonElement Required(string name) => _root.TryGetProperty(name, out var value) ? value : throw new ClaimException("claim not present");

    private static ClaimException Wrong(JsonElement value, string wanted) =>
        new($"json: cannot unmarshal {Name(value.ValueKind)} into Go value of type {wanted}");

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.Number => "number",
        JsonValueKind.Null => "null",
        _ => "string",
    };
}
