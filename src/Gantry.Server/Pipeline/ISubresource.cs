using Gantry.Server.Handling;

namespace Gantry.Server.Pipeline;

/// <summary>
/// What one subresource (other than <c>status</c>) does. The caller has been authenticated and authorized; the verb is one that
/// the resource's description allows. Handlers are found in one table by <c>group/plural/subresource</c>.
/// </summary>
public interface ISubresource
{
    /// <summary>The resource's group, empty for the core group.</summary>
    string Group { get; }

    /// <summary>The resource's plural, or <c>*</c> for every resource whose description lists the subresource.</summary>
    string Plural { get; }

    /// <summary>The subresource's name; empty for resources that have no storage and only answer what is posted to them.</summary>
    string Name { get; }

    /// <summary>Answers the call.</summary>
    /// <param name="call">Verb, options, body and user; its HttpContext for streams.</param>
    /// <param name="resource">The parent resource.</param>
    /// <param name="cancellation">The client went away, or the server stops.</param>
    ValueTask<ApiAnswer> HandleAsync(ApiCall call, ServedResource resource, CancellationToken cancellation);
}
