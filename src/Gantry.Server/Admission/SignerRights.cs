using Gantry.Server.Pipeline;

namespace Gantry.Server.Admission;

/// <summary>Who may approve or sign for a signer. The right may be given for one signer or, as <c>domain/*</c>, for all signers of a domain.</summary>
internal static class SignerRights
{
    public const string Group = "certificates.k8s.io";

    public static async ValueTask<bool> AllowsAsync(IAuthorizer authorizer, AdmissionRequest request, string verb, string signer, CancellationToken cancellation)
    {
        var question = new AuthorizationAttributes
        {
            User = request.User, Verb = verb, IsResource = true, Group = Group, Version = "*", Resource = "signers", Name = signer,
        };
        if ((await authorizer.AuthorizeAsync(question, cancellation).ConfigureAwait(false)).Opinion == Opinion.Allow)
        {
            return true;
        }

        var domain = signer.Split('/')[0];
        return (await authorizer.AuthorizeAsync(question with { Name = domain + "/*" }, cancellation).ConfigureAwait(false)).Opinion == Opinion.Allow;
    }
}
