using Gantry.Api.OpenApi;
using Gantry.Api.Schemas;
using Gantry.Server.Reading;
using Gantry.Server.Statuses;
using Gantry.Server.Watching;

namespace Gantry.Server.Pipeline;

/// <summary>The closed set of answers of the API. How they are written (JSON, YAML, Table, only metadata) is the business of the edge.</summary>
public abstract record ApiAnswer
{
    private ApiAnswer()
    {
    }

    public static implicit operator ApiAnswer(ApiStatus status) => new Says(status);

    /// <summary>A Status: a refusal, or a success without an object.</summary>
    public sealed record Says(ApiStatus Status) : ApiAnswer;

    /// <summary>One object as finished JSON.</summary>
    /// <param name="Code">200, 201 or 202.</param>
    /// <param name="Type">The kind that is answered.</param>
    /// <param name="Json">Not to be changed.</param>
    public sealed record Item(int Code, ResourceType Type, ReadOnlyMemory<byte> Json) : ApiAnswer;

    /// <summary>Objects of one resource.</summary>
    public sealed record Items(ListPage Page) : ApiAnswer;

    /// <summary>Changes as they happen.</summary>
    public sealed record Changes(WatchRequest Watch) : ApiAnswer;

    /// <summary>Something that is no API object, such as a log or a discovery document.</summary>
    public sealed record Document(int Code, string MediaType, ReadOnlyMemory<byte> Body) : ApiAnswer;

    /// <summary>A document that is kept compressed, and sent so to those who take it so.</summary>
    public sealed record Packed(string MediaType, OpenApiDocument Content) : ApiAnswer;

    /// <summary>The handler has answered by itself, on <see cref="ApiCall.Http"/>.</summary>
    public sealed record Done : ApiAnswer
    {
        public static Done Instance { get; } = new();
    }
}
