using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Authentication;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>Who asks for a certificate is who sends the request, whatever the object says. No plugin: it cannot be switched off.</summary>
public sealed class CertificateRequester : IMutatingAdmission
{
    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        if (request.Creates(SignerRights.Group, "certificatesigningrequests"))
        {
            var user = request.User;
            var spec = value.OwnMap("spec");
            var asked = new V1CertificateSigningRequestSpec
            {
                Username = user.Name, Uid = user.Uid, Groups = user.Groups, Extra = UserModels.Of(user).Extra,
            };
            var written = (TreeMap)TreeJson.Parse(ApiJson.Encode(asked));
            foreach (var key in new[] { "username", "uid", "groups", "extra" })
            {
                spec[key] = written[key];
            }
        }

        return ValueTask.FromResult<ApiStatus?>(null);
    }
}
