//! What ails a machine on which the private PostgreSQL does not start; the English is its own.

use crate::private_postgres::StorageFault;
use crate::words::Sentence;

/// What it is, and what to do.
pub(crate) fn cure(storage_fault: StorageFault) -> Sentence<String> {
    let pt = match storage_fault {
        StorageFault::DiskFull | StorageFault::NoRoom => {
            "o disco está cheio, ou não comporta mais arquivos (df -h, df -i): libere espaço e inicie de novo; nada do que foi \
             gravado se perdeu"
        }
        StorageFault::NoInodes => {
            "nenhum arquivo pode ser criado, embora o disco possa ter espaço (compare df -h com df -i): apague o que criou tantos \
             arquivos pequenos e inicie de novo; nada do que foi gravado se perdeu"
        }
        StorageFault::ReadOnly => {
            "o disco não aceita gravações: depois de um erro, o Linux o monta só para leitura (dmesg diz por quê); verifique-o \
             (fsck), monte-o para gravação e inicie de novo; nada do que foi gravado se perdeu"
        }
        StorageFault::NoWal => {
            "uma parte do diário do banco de dados (pg_wal) falta ou está danificada, e ele não volta a um estado coerente sozinho: \
             não use pg_resetwal, que inventa um; restaure o último backup com agendad restore ARQUIVO --replace, que guarda este \
             ao lado"
        }
        StorageFault::Damaged => {
            "uma página do banco de dados está danificada: o disco ou a memória desta máquina está falhando; copie a pasta de \
             state_dir para outro lugar e restaure o último backup com agendad restore ARQUIVO --replace, num disco bom"
        }
        StorageFault::Owner => {
            "os arquivos do banco de dados são de outro usuário, ou outros podem abri-los: devolva a pasta indicada abaixo a quem o \
             executava (chown -R) e feche-a (chmod 700)"
        }
    };
    sentence!("{pt}", "{storage_fault}")
}
