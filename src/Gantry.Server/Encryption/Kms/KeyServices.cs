using Gantry.Server.Writing;

namespace Gantry.Server.Encryption.Kms;

/// <summary>What providers of kind <c>kms</c> are made with.</summary>
/// <param name="Connect">A connection to the plugin at a unix socket (<c>@NAME</c>: one without a file), whose calls end after that time. It need not be there yet.</param>
/// <param name="Clock">Ages keys and answers.</param>
/// <param name="Ids">Names calls.</param>
public sealed record KeyServices(Func<string, TimeSpan, IKeyService> Connect, TimeProvider Clock, IIds Ids);
