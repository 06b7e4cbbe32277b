using Npgsql;
using TrendVault.Core.Accounts;

namespace TrendVault.Core.Uploads;

/// <summary>The platforms' handles of uploads that are under way, to be sealed anew when the key is changed.</summary>
internal sealed class UploadSecrets(NpgsqlDataSource db) : ISealedRows
{
    public SecretOwner OwnerOf(SealedRow row) => SecretOwner.Upload(row.Id, row.UserId, row.Platform);

    public Task<IReadOnlyList<SealedRow>> ListOldAsync(string currentKeyId, SealedRow? after, int limit, CancellationToken cancellationToken) =>
        db.QueryAsync<SealedRow>(
            """
            select id, user_id, platform, handle_blob as blob, handle_iv as iv, handle_tag as tag, handle_key_id as key_id
            from upload_jobs
            where handle_key_id <> @currentKeyId
              and (user_id, id) > (@afterUser, @afterId)
            order by user_id, id
            limit @limit
            """,
            new { currentKeyId, afterUser = after?.UserId ?? Guid.Empty, afterId = after?.Id ?? Guid.Empty, limit },
            cancellationToken);

    public async Task<int?> ReplaceAsync(SealedRow row, Func<SealedRow, Task<SealedSecret?>> sealAnew, CancellationToken cancellationToken) =>
        await sealAnew(row) is { } secret
            ? await db.ExecuteAsync(
                """
                update upload_jobs
                set handle_blob = @Blob, handle_iv = @Iv, handle_tag = @Tag, handle_key_id = @KeyId
                where id = @Id
                  and handle_iv = @oldIv
                """,
                new { row.Id, oldIv = row.Iv, secret.Blob, secret.Iv, secret.Tag, secret.KeyId },
                cancellationToken)
            : null;
}
