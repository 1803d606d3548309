using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tppo.TestKit;

/// <summary>An authority for the length of a test, and what it signs, as PEM files.</summary>
public static class TestCertificates
{
    /// <summary>
    /// Into a folder: <c>ca.crt</c>, <c>server.pem</c> (key and certificate of 127.0.0.1), <c>client.crt</c> and
    /// <c>client.key</c>, and a client of another authority as <c>stranger.crt</c> and <c>stranger.key</c>.
    /// </summary>
    public static void Write(string folder)
    {
        using var authority = Authority("CN=tppo test authority");
        using var other = Authority("CN=some other authority");
        File.WriteAllText(Path.Combine(folder, "ca.crt"), authority.ExportCertificatePem() + "\n");
        var (certificate, key) = Signed(authority, "CN=127.0.0.1", isServer: true);
        File.WriteAllText(Path.Combine(folder, "server.pem"), key + "\n" + certificate + "\n");
        foreach (var (name, signer) in new[] { ("client", authority), ("stranger", other) })
        {
            (certificate, key) = Signed(signer, $"CN={SecureBroker.User}", isServer: false);
            File.WriteAllText(Path.Combine(folder, name + ".crt"), certificate + "\n");
            File.WriteAllText(Path.Combine(folder, name + ".key"), key + "\n");
        }
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(7));
    }

    private static (string Certificate, string Key) Signed(X509Certificate2 authority, string name, bool isServer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        if (isServer)
        {
            // Some clients look for an address among the names.
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            names.AddDnsName("127.0.0.1");
            request.CertificateExtensions.Add(names.Build());
        }

        using var certificate = request.Create(
            authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(6), RandomNumberGenerator.GetBytes(8));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
