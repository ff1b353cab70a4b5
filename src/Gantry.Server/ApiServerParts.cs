using Gantry.Server.Encryption.Kms;
using Gantry.Server.Http;
using Gantry.Server.Pipeline;
using Gantry.Server.Writing;
using Gantry.Store;
using Microsoft.Extensions.Logging;

namespace Gantry.Server;

/// <summary>What an API server is given from outside.</summary>
public sealed record ApiServerParts
{
    /// <summary>Where objects are kept. The caller disposes of it after the server.</summary>
    public required IStore Store { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public required ILoggerFactory Logs { get; init; }

    /// <summary>Where new ids come from.</summary>
    public IIds Ids { get; init; } = RandomIds.Instance;

    /// <summary>The way to the nodes' own endpoints; null where there are no nodes.</summary>
    public INodeProxy? Nodes { get; init; }

    /// <summary>
    /// A connection to a plugin that keeps keys elsewhere, by the path of its socket (<c>@NAME</c>: one without a file) and the time that its calls may take; null
    /// where there is no way to such plugins.
    /// </summary>
    public Func<string, TimeSpan, IKeyService>? KeyService { get; init; }

    /// <summary>Further subresources.</summary>
    public IReadOnlyList<ISubresource> Subresources { get; init; } = [];

    /// <summary>Further paths that name no resource.</summary>
    public IReadOnlyList<IPathHandler> Paths { get; init; } = [];
}
