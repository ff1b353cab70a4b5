using Gantry.Client;
using Gantry.Control;
using Microsoft.Extensions.Logging;

namespace Gantry.Controllers;

/// <summary>What every controller is made from.</summary>
/// <param name="Caches">The process's caches; a controller asks for those it reads in its constructor.</param>
/// <param name="Api">Where intents are performed.</param>
/// <param name="Metadata">Objects of any kind, for garbage collection and namespaces.</param>
/// <param name="Events">Where users are told.</param>
/// <param name="Clock">The time.</param>
/// <param name="Log">For what operators should know.</param>
public sealed record ControllerContext(CacheSet Caches, IApiClient Api, IMetadataClient Metadata, IEventRecorder Events, TimeProvider Clock, ILogger Log);
